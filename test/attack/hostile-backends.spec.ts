import { type Socket } from 'node:net';

import { attemptsAt } from './support/client.js';
import { startRawBackend } from './support/raw-backend.js';

const LENGTH_0 = 'Content-Length: 0\r\n';
const ok = (headers: string) => `HTTP/1.1 202 Accepted\r\n${headers}\r\n`;
const end = (text: string) => (socket: Socket) => socket.end(text, 'latin1');
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n';
const keep = (text: string) => (socket: Socket) => socket.write(text, 'latin1');
const reset = (text: string) => (socket: Socket) => {
  socket.write(text, 'latin1', () => {
    socket.resetAndDestroy();
  });
};

/** Writes the same again and again, as long as it is read. */
const flood = (text: string) => (socket: Socket) => {
  const write = () => {
    while (!socket.destroyed && socket.write(text.repeat(1000)));
  };
  socket.on('drain', write);
  write();
};

describe('an answer', () => {
  it.each<[string, (socket: Socket) => unknown, object]>([
    ['after an unasked 100', keep(`HTTP/1.1 100 Continue\r\n\r\n${ok(LENGTH_0)}`), { status: 202 }],
    [
      'after other interim ones',
      keep(`HTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 102 P\r\n\r\n${ok(LENGTH_0)}`),
      { status: 202 },
    ],
    ['with 20 KB of headers', keep(ok(`X: ${'x'.repeat(20_000)}\r\n${LENGTH_0}`)), { status: 202 }],
    ['with two equal lengths', keep(ok(LENGTH_0 + LENGTH_0)), { status: 202 }],
    ['with two different lengths', keep(ok(`${LENGTH_0}Content-Length: 3\r\n`)), { status: 202 }],
    [
      'with a length and in chunks',
      keep(`${ok(`${LENGTH_0}Transfer-Encoding: chunked\r\n`)}0\r\n\r\n`),
      { status: 202 },
    ],
    [
      'that ends with the connection',
      end(`HTTP/1.0 500 No\r\n\r\nbecause`),
      { status: 500, answer: 'because' },
    ],
    [
      'that breaks off after its head',
      end(`HTTP/1.1 400 No\r\nContent-Length: 9\r\n\r\nbec`),
      { status: 400, answer: 'bec' },
    ],
    ['with a body without an end', flood('HTTP/1.1 400 No\r\n\r\n'), { status: 400, outcome: 'rejected' }],
    [
      'whose headers are cut off',
      end('HTTP/1.1 202 Accepted\r\nContent-Le'),
      { outcome: 'accepted', status: 202 },
    ],
    ['whose headers do not end', flood('HTTP/1.1 202 Accepted\r\nX: x\r\n'), { outcome: 'accepted' }],
    [
      'of a failure whose headers are cut off',
      end('HTTP/1.1 503 No\r\nConte'),
      { outcome: 'unknown', status: 503, mayRepeat: false },
    ],
    ['whose status is cut off', end('HTTP/1.1 2'), { outcome: 'unknown', mayRepeat: false }],
    ['whose status is cut off by a reset', reset('HTTP/1.1 2'), { outcome: 'unknown', mayRepeat: false }],
    ['without a sound status', end('HTTP/1.1 20 OK\r\n\r\n'), { outcome: 'unknown', mayRepeat: false }],
    ['that switches protocols', keep(SWITCHING), { outcome: 'unknown', mayRepeat: false }],
    [
      'that switches protocols after an interim one, and goes on in the other',
      keep(`HTTP/1.1 100 Continue\r\n\r\n${SWITCHING}\x00\x00\x12\x04HTTP/1.1 202 OK\r\n\r\n`),
      { outcome: 'unknown', mayRepeat: false, error: expect.stringContaining('101') as string },
    ],
    [
      'that is hidden in an interim one, by bare line ends',
      end(`HTTP/1.1 100 Continue\r\r\r\nHTTP/1.1 429 No\r\n\r\n${ok('')}`),
      { outcome: 'unknown', mayRepeat: false },
    ],
    [
      'that is hidden in an interim one, without a line between',
      end(`HTTP/1.1 100 Continue\r\nHTTP/1.1 429 No\r\n\r\n${ok('')}`),
      { outcome: 'unknown', mayRepeat: false },
    ],
    [
      'that breaks off while it switches protocols',
      end('HTTP/1.1 101 Switching Protocols\r\nUpgr'),
      { outcome: 'unknown', mayRepeat: false },
    ],
  ])('%s counts once for what it says', async (_what, react, expected) => {
    const backend = await startRawBackend(react);
    expect(await attemptsAt(backend.url)()).toMatchObject(expected);
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['an endless stream of interim ones', flood('HTTP/1.1 100 Continue\r\n\r\n')],
    ['another protocol', keep('SSH-2.0-OpenSSH_9.7\r\n')],
    ['nothing', end('')],
    ['an interim one and the end', end('HTTP/1.1 100 Continue\r\n\r\n')],
  ])('that is %s is of unknown outcome, and ends', async (_what, react) => {
    const backend = await startRawBackend(react);
    const result = await attemptsAt(backend.url)();
    expect(result).toMatchObject({ outcome: 'unknown' });
    expect(result).not.toHaveProperty('mayRepeat');
  });

  it.each<[string, (socket: Socket) => unknown]>([
    ['closes', end('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')],
    ['resets', reset('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')],
    ['reads no further', keep('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')],
  ])(
    'that comes before the whole request was sent counts, of a backend that then %s',
    async (_what, react) => {
      const backend = await startRawBackend((socket) => {
        socket.pause();
        react(socket);
      });
      const result = await attemptsAt(backend.url)(Buffer.alloc(25 * 1024 * 1024));
      expect(result).toMatchObject({ outcome: 'rejected', status: 413 });
    },
  );

  it.each<[string, string, number]>([
    ['that ends cleanly', ok(LENGTH_0), 1],
    ['with two equal lengths', ok(LENGTH_0 + LENGTH_0), 1],
    ['in chunks', `${ok('Transfer-Encoding: chunked\r\n')}2\r\nok\r\n0\r\n\r\n`, 1],
    ['without a body', 'HTTP/1.1 204 No Content\r\n\r\n', 1],
    ['that says close', ok(`${LENGTH_0}Connection: close\r\n`), 2],
    ['of HTTP/1.0', `HTTP/1.0 202 OK\r\n${LENGTH_0}\r\n`, 2],
    ['of HTTP/1.0 that says keep-alive', `HTTP/1.0 202 OK\r\n${LENGTH_0}Connection: keep-alive\r\n\r\n`, 1],
    ['with bytes after it', `${ok(LENGTH_0)}x`, 2],
    ['with two different lengths', ok(`${LENGTH_0}Content-Length: 3\r\n`), 2],
    ['with a length and in chunks', `${ok(`${LENGTH_0}Transfer-Encoding: chunked\r\n`)}0\r\n\r\n`, 2],
    ['that keeps idle connections for a second only', ok(`${LENGTH_0}Keep-Alive: timeout=1\r\n`), 2],
  ])('%s: two attempts take the connections they should', async (_what, text, connections) => {
    const backend = await startRawBackend((socket) => {
      socket.write(text);
      socket.on('data', () => socket.write(text));
    });
    const attempt = attemptsAt(backend.url);
    for (let n = 0; n < 2; n += 1) expect(await attempt()).toMatchObject({ outcome: 'accepted' });
    expect(backend.connections()).toBe(connections);
  });
});
