import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import { Connection, type Exchange } from './connection.js';
import { OneAtATime } from './one-at-a-time.js';

const BODY_BYTES = 100_000;
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`;

let served: Exchange[];
let refusals: number;
let connection: Connection;
let parsed: number;
let client: Socket;
let received: string;
let server: Server;

/** A server whose connections may let two requests wait, and one connection to it. */
beforeEach(async () => {
  [served, refusals, parsed, received] = [[], 0, 0, ''];
  const requests = new OneAtATime(
    2,
    (exchange) => served.push(exchange),
    (refused) => {
      refusals += 1;
      refused.over = true;
    },
  );
  server = createServer((request, response) => {
    parsed += 1;
    requests.take(connection, { request, response });
  });
  server.on('connection', (socket) => (connection = new Connection(socket, 0)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => undefined).on('data', (bytes) => (received += bytes.toString()));
});

afterEach(() => {
  client.destroy();
  server.close();
  server.closeAllConnections();
});

const until = async (isSo: () => boolean): Promise<void> => {
  for (let turns = 0; !isSo(); turns += 1) {
    if (turns > 100_000) throw new Error(`not so: ${isSo.toString()}`);
    await turn();
  }
};

it('serves the next one when the last one is answered, in turn', async () => {
  client.write(GET.repeat(3));
  for (const n of [1, 2, 3]) {
    await until(() => served.length >= n);
    expect(served.length).toBe(n);
    served[n - 1]?.response.end(`answer ${n}`);
  }
  await until(() => /answer 1[^]*answer 2[^]*answer 3/.test(received));
  expect(connection.pipelined).toBe(false);
});

it('reads on once all are answered', async () => {
  for (const n of [2, 4]) {
    client.write(GET.repeat(2));
    for (const at of [n - 2, n - 1]) {
      await until(() => served.length > at);
      served[at]?.response.end();
    }
  }
  expect(parsed).toBe(4);
});

it('reads the body of the one that is served, though it came after another', async () => {
  client.write(`${GET}${POST}`);
  await until(() => served.length === 1 && parsed === 2);
  client.write('x'.repeat(BODY_BYTES));
  served[0]?.response.end();
  await until(() => served.length === 2);
  let length = 0;
  for await (const bytes of served[1]?.request ?? []) length += (bytes as Buffer).length;
  expect(length).toBe(BODY_BYTES);
});

it.each([
  [2, 0],
  [3, 1],
])('of %i that wait, refuses %i', async (waiting, refused) => {
  client.write(GET.repeat(1 + waiting));
  await until(() => parsed === 1 + waiting);
  expect(refusals).toBe(refused);
  expect(served).toHaveLength(1);
});

it('reads no more than it has begun to while one is served', async () => {
  client.write(GET);
  await until(() => parsed === 1);
  client.write(GET);
  await until(() => parsed === 2);
  client.write(GET);
  await until(() => client.bytesWritten === 3 * GET.length && client.writableLength === 0);
  for (let n = 0; n < 20; n += 1) await turn();
  expect(parsed).toBe(2);
});

it('forgets those that wait when their connection ends', async () => {
  client.write(GET.repeat(3));
  await until(() => parsed === 3);
  connection.socket.destroy();
  await until(() => connection.waiting.length === 0);
  expect(served).toHaveLength(1);
});
