import { EventEmitter } from 'node:events';
import { type Server } from 'node:http';
import { Socket } from 'node:net';

import { Handshakes } from './handshakes.js';

const MAX = 3;

let server: EventEmitter;
let secure: Socket[];
let sockets: Socket[];

beforeEach(() => {
  server = new EventEmitter();
  secure = [];
  sockets = [];
  new Handshakes(MAX, server as Server, (socket) => secure.push(socket));
});

/** What the peer at a port has; the TLS upon a connection is another object. */
const at = (remotePort: number): Socket => {
  const socket = new Socket();
  Object.defineProperties(socket, {
    remoteAddress: { value: '192.0.2.1' },
    remotePort: { value: remotePort },
  });
  return socket;
};

const connect = (port: number): void => {
  const socket = at(port);
  sockets.push(socket);
  server.emit('connection', socket);
};

const gone = () => sockets.flatMap(({ destroyed, remotePort }) => (destroyed ? [remotePort] : []));

it('tells of each connection once it has made its TLS', () => {
  connect(1);
  expect(secure).toEqual([]);
  const tls = at(1);
  server.emit('secureConnection', tls);
  expect(secure).toEqual([tls]);
});

it('has the oldest that has not made it give way to one more', () => {
  for (const port of [1, 2, 3]) connect(port);
  server.emit('secureConnection', at(1));
  connect(4);
  expect(gone()).toEqual([]);
  connect(5);
  expect(gone()).toEqual([2]);
});

it('does not count those that have given up', async () => {
  for (const port of [1, 2, 3]) connect(port);
  const [, given] = sockets;
  const closed = new Promise((resolve) => given?.once('close', resolve));
  given?.destroy();
  await closed;
  connect(4);
  expect(gone()).toEqual([2]);
});
