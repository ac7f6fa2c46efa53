import { readFileSync } from 'node:fs';

import { BackendServer } from '../support/backend-server.js';
import { RawConnection } from '../support/raw-connection.js';
import { seededRandom } from '../support/seeded-random.js';
import { sendWebhook, sign } from '../support/send-webhook.js';
import { startSprayproxy } from '../support/start-sprayproxy.js';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 100_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 32);
const REQUESTS_A_CONNECTION = 50;
const CONNECTIONS_AT_ONCE = 16;
const MAX_MIB = 384;

const random = seededRandom(SEED);
const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
const some = (max: number): number => Math.floor(random() * max);
const noise = (max: number): string =>
  Array.from({ length: some(max) }, () => String.fromCharCode(some(256))).join('');

/** Right only for a payload that says so. */
const MARK = 'signed';

function signatureFor(payload: string): string {
  const right = sign(Buffer.from(payload, 'latin1'));
  if (payload.startsWith(MARK)) return right;
  return one([
    '',
    'sha256=',
    `sha256=${'0'.repeat(64)}`,
    sign(`${payload}x`),
    sign(payload, 'another secret'),
    right.replace('sha256', 'sha1'),
    right.slice(0, -1),
    `${right}0`,
    noise(80).replace(/[\r\n]/g, ''),
  ]);
}

function request(): string {
  const payload = one([noise(200), `{"n":${some(1000)}}`, '', `${MARK} ${noise(50)}`]);
  const method = one(['POST', 'POST', 'POST', 'POST', 'GET', 'PUT', 'HEAD', noise(5)]);
  const path = one(['/', '/proxy', '/proxy', '/proxy?x', '/proxy#', '/%', noise(20)]);
  const framing = one([
    `Content-Length: ${payload.length}`,
    `Content-Length: ${payload.length}`,
    `Content-Length: ${some(300)}`,
    `Content-Length: ${noise(4)}`,
    'Transfer-Encoding: chunked',
    `Transfer-Encoding: chunked\r\nContent-Length: ${payload.length}`,
    '',
  ]);
  const chunked = framing === 'Transfer-Encoding: chunked' && random() < 0.9;
  const body = chunked
    ? `${payload === '' ? '' : `${payload.length.toString(16)}\r\n${payload}\r\n`}0\r\n\r\n`
    : payload;
  const head = `${method} ${path} HTTP/1.${one([1, 1, 1, 0])}\r\nHost: a\r\nX-Hub-Signature-256: ${signatureFor(payload)}\r\n${framing}\r\n\r\n`;
  const text = head + body;
  if (random() > 0.1) return text;
  const at = some(text.length);
  return text.slice(0, at) + noise(3) + text.slice(at + some(3));
}

it(
  `lets nothing through without its signature, whatever comes (FUZZ_SEED=${SEED})`,
  async () => {
    const backend = await BackendServer.start();
    const { port, url, program } = await startSprayproxy({ backends: [backend.url] });
    let left = REQUESTS;
    let forged = 0;
    backend.on('received', ({ body, headers }) => {
      if (headers['x-hub-signature-256']?.toString().toLowerCase() !== sign(body).toLowerCase()) forged += 1;
      backend.received.length = 0;
    });
    const worker = async () => {
      while (left > 0) {
        left -= REQUESTS_A_CONNECTION;
        const connection = await RawConnection.open(port);
        const text = Array.from({ length: REQUESTS_A_CONNECTION }, request).join('');
        connection.socket.end(Buffer.from(text, 'latin1'));
        await connection.closed;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS_AT_ONCE }, worker));

    expect(forged).toBe(0);
    expect(await sendWebhook(url, '{}')).toMatchObject({ status: 200 });
    const status = readFileSync(`/proc/${program.process.pid ?? 0}/status`, 'utf8');
    expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024).toBeLessThan(MAX_MIB);
  },
  // So many take a minute on a quiet machine.
  Math.max(150_000, REQUESTS * 2),
);
