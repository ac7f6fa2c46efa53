import { EventEmitter } from 'node:events';
import { type Server } from 'node:http';
import { Socket } from 'node:net';

import { type HandshakeFault, Handshakes } from './handshakes.js';

const MAX = 3;

let server: EventEmitter;
let handshakes: Handshakes;
let secure: Socket[];
let faults: HandshakeFault[];
let whys: string[];
let sockets: Socket[];

beforeEach(() => {
  server = new EventEmitter();
  secure = [];
  sockets = [];
  faults = [];
  whys = [];
  handshakes = new Handshakes(MAX, server as Server, {
    secured: (socket) => secure.push(socket),
    handshakeFailed: (fault, why) => {
      faults.push(fault);
      whys.push(why);
    },
  });
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
  expect(faults).toEqual(['evicted']);
});

it('counts each that gives way but once, however many come in one turn', () => {
  for (let port = 1; port <= 3 * MAX; port += 1) connect(port);
  expect(gone()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(faults).toHaveLength(6);
});

it('ends all that are under way', () => {
  for (const port of [1, 2, 3]) connect(port);
  server.emit('secureConnection', at(2));
  handshakes.end();
  expect(gone()).toEqual([1, 3]);
});

it.each<[string | undefined, HandshakeFault[]]>([
  ['ERR_TLS_HANDSHAKE_TIMEOUT', ['timeout']],
  ['ERR_SSL_HTTP_REQUEST', ['failed']],
  [undefined, ['failed']],
  ['ECONNRESET', []],
])('takes the error %s for %j', (code, expected) => {
  server.emit('tlsClientError', Object.assign(new Error('why'), { code }));
  expect(faults).toEqual(expected);
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

it('says what OpenSSL says, and not where in its source', () => {
  const error = Object.assign(new Error('80DC:error:0A00:SSL routines::http request:record.c:341:\n'), {
    code: 'ERR_SSL_HTTP_REQUEST',
    reason: 'http request',
  });
  server.emit('tlsClientError', error);
  expect(whys).toEqual(['http request']);
});
