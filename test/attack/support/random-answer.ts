/** Numbers from 0 up to 1. */
export type Random = () => number;

export const pick = <T>(random: Random, choices: readonly T[]): T =>
  choices[Math.floor(random() * choices.length)] as T;

const times = (random: Random, most: number): number => Math.floor(random() * (most + 1));

/** What a server may send before its answer. */
const BEFORE = [
  '',
  '',
  '',
  '\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
];
const VERSIONS = ['1.1', '1.1', '1.1', '1.1', '1.0', '2.0', '0.9', '1.2', '1.', '11'];
const STATUSES = [
  200,
  202,
  202,
  204,
  304,
  302,
  400,
  404,
  413,
  422,
  429,
  500,
  503,
  599,
  999,
  101,
  '20',
  '2020',
  'abc',
  '099',
];
const REASONS = [' Accepted', ' ', '', ' \u00e4\u0001', '  two', '\tTab', 'x'];
const ENDS = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r'];

const HEADERS = [
  'Server: x',
  'X-Empty:',
  'X-Folded: a\r\n b',
  'X-Long: ' + 'y'.repeat(20_000),
  'Connection: close',
  'Connection: keep-alive',
  'connection: Keep-Alive, Upgrade',
  'Keep-Alive: timeout=5',
  'Retry-After: 120',
  'Content-Type: text/plain',
  'Content-Encoding: gzip',
  'Upgrade: h2c',
  'Set-Cookie: a=b',
  'Trailer: X-Checksum',
  'no colon',
  'Bad Name: 1',
  'X-Spaced : 1',
  ': nameless',
  'X-Nul: a\u0000b',
  'X-Bare: a\rb',
  'Content-Length: -1',
  'Content-Length: 0x5',
  'Content-Length: 5, 5',
  'Content-Length: 99999999999999999999',
  'Transfer-Encoding: gzip',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, gzip',
  'Transfer-Encoding: identity',
];

/** The bytes of an answer: sound, odd, or broken in one place or more. */
export function randomAnswer(random: Random): Buffer {
  const end = random() < 0.9 ? '\r\n' : pick(random, ENDS);
  const body = Buffer.alloc(
    times(random, 40),
    pick(random, ['a', '\r\n', '0\r\n\r\n', '\u00ff', 'HTTP/1.1 200 OK\r\n\r\n']),
  );
  const version = random() < 0.8 ? '1.1' : pick(random, VERSIONS);
  const reason = random() < 0.7 ? ' OK' : pick(random, REASONS);
  const lines = [`HTTP/${version} ${pick(random, STATUSES)}${reason}`];
  const oddity = random() < 0.5 ? 0 : 3;
  for (let count = times(random, oddity); count > 0; count -= 1) lines.push(pick(random, HEADERS));
  const framed = frame(random, body);
  lines.splice(1 + times(random, lines.length - 1), 0, ...framed.headers);
  const text = `${pick(random, BEFORE)}${lines.join(end)}${end}${end}`;
  const after = random() < 0.9 ? '' : pick(random, ['\r\n', 'x', 'HTTP/1.1 500 No\r\n\r\n']);
  return damage(random, Buffer.concat([Buffer.from(text, 'latin1'), framed.body, Buffer.from(after)]));
}

function frame(random: Random, body: Buffer): { headers: string[]; body: Buffer } {
  const length = `Content-Length: ${body.length}`;
  const kind = random();
  if (kind < 0.45) return { headers: [length], body };
  if (kind < 0.5) return { headers: [length, length], body };
  if (kind < 0.55) return { headers: [length, `content-length: ${body.length + 1}`], body };
  if (kind < 0.65) return { headers: [], body };
  const chunked = { headers: ['Transfer-Encoding: chunked'], body: chunks(random, body) };
  return kind < 0.95 ? chunked : { ...chunked, headers: [...chunked.headers, length] };
}

function chunks(random: Random, body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const size = 1 + times(random, body.length - at - 1);
    const digits = random() < 0.5 ? size.toString(16) : `00${size.toString(16).toUpperCase()}`;
    const extension = random() < 0.8 ? '' : pick(random, [';a=b', ' ;a', ';', ' ', ';a="\n"']);
    parts.push(Buffer.from(`${digits}${extension}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'));
    at += size;
  }
  const trailer =
    random() < 0.8 ? '' : pick(random, ['X-Checksum: 1\r\n', 'odd\r\n', 'Content-Length: 3\r\n']);
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)]);
}

/** Most answers stay whole; some end early, some have a byte too many, too few or another. */
function damage(random: Random, bytes: Buffer): Buffer {
  if (random() < 0.6) return bytes;
  const at = times(random, bytes.length - 1);
  if (random() < 0.3) return bytes.subarray(0, at);
  const other = Buffer.from([pick(random, [0, 9, 10, 13, 32, 48, 49, 58, 59, 65, 255])]);
  const from = pick(random, [at, at + 1]);
  return Buffer.concat([bytes.subarray(0, at), ...(random() < 0.7 ? [other] : []), bytes.subarray(from)]);
}

/** The same bytes in pieces, as a connection might bring them: whole, one by one, or anyhow. */
export function split(random: Random, bytes: Buffer): Buffer[] {
  const kind = random();
  if (kind < 0.3) return [bytes];
  const most = kind < 0.5 ? 1 : 1 + times(random, 60);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.length > 10_000 ? 997 : 1 + times(random, most - 1);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
