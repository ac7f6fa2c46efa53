import { seededRandom } from '../support/seeded-random.js';
import { randomAnswer, split } from './support/random-answer.js';
import { readByNode, readByUs } from './support/read-answer.js';

const COUNT = Number(process.env.ATTACK_ANSWERS ?? 20_000);
const SEED = Number(process.env.ATTACK_SEED ?? 20_261_126);

/** The statuses that a status line somewhere in the bytes says. */
const statusesIn = (bytes: Buffer): number[] =>
  [...bytes.toString('latin1').matchAll(/HTTP\/\d\.\d (\d{3})/g)].map(([, digits]) => Number(digits));

describe('the answer of a backend', () => {
  it(`is read as Node's own client reads it, or not at all: ${COUNT} answers, ATTACK_SEED=${SEED}`, async () => {
    const random = seededRandom(SEED);
    let taken = 0;
    for (let count = 0; count < COUNT; count += 1) {
      const bytes = randomAnswer(random);
      const pieces = split(random, bytes);
      const expected = await readByNode(pieces);
      const actual = await readByUs(pieces);
      const problem = problemOf(bytes, expected, actual);
      if (problem !== undefined) {
        throw new Error(
          `answer ${count}: ${problem}\n${JSON.stringify({ text: bytes.toString('latin1'), expected, actual })}`,
        );
      }
      if (expected !== undefined) taken += 1;
    }
    // Else it would be a test of refusals.
    expect(taken).toBeGreaterThan(COUNT / 4);
  }, 3_600_000);

  it('is the same wherever its bytes are split', async () => {
    const answers = [
      'HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nhello',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\nhe\r\n3\r\nllo\r\n0\r\nX: 1\r\n\r\n',
      'HTTP/1.0 404 Not Found\r\n\r\nhello',
    ].map((text) => Buffer.from(text));
    for (const bytes of answers) {
      const whole = await readByUs([bytes]);
      expect(whole?.body).toBe('hello');
      for (let at = 1; at < bytes.length; at += 1) {
        for (let next = at + 1; next <= bytes.length; next += 1) {
          const pieces = [bytes.subarray(0, at), bytes.subarray(at, next), bytes.subarray(next)];
          expect(await readByUs(pieces)).toEqual(whole);
        }
      }
    }
  });
});

type Read = Awaited<ReturnType<typeof readByUs>>;

function problemOf(bytes: Buffer, expected: Read, actual: Read): string | undefined {
  // Interim answers are skipped, also those that Node would have asked for.
  if (expected === undefined || expected.status < 200) {
    if (actual === undefined || statusesIn(bytes).includes(actual.status)) return undefined;
    return 'taken with a status that nobody sent';
  }
  // A bare CR ends a line for some and not for others; its connection is closed.
  const bareReturn = /\r(?!\n|$)/.test(bytes.toString('latin1'));
  if (bareReturn && actual === undefined) return undefined;
  if (actual?.status !== expected.status) return 'another status';
  if (bareReturn) return undefined;
  // Node does not take a tab for white space after the name of a coding, as RFC 9110 has it (section 5.6.3).
  if (/^transfer-encoding:[^\n]*\t/im.test(bytes.toString('latin1'))) return undefined;
  // These two have no body, whatever they say: Node waits for it all the same.
  if (!expected.complete || actual.status === 204 || actual.status === 304) return undefined;
  return actual.body === expected.body ? undefined : 'another body';
}
