import fc from 'fast-check';
import { createHash, randomBytes } from 'node:crypto';

import { BodyBuffer } from './body-buffer.js';

const KIB = 1024;
const MAX_BYTES = 1024 * KIB;

/** Brings a body in pieces of the given lengths. */
function bring(lengths: readonly number[], declared: boolean) {
  const bytes = randomBytes(lengths.reduce((sum, length) => sum + length, 0));
  const hash = createHash('sha256');
  const buffer = new BodyBuffer(declared ? bytes.length : undefined, MAX_BYTES, {
    update: (part) => hash.update(part),
    matches: () => true,
  });
  let at = 0;
  const pieces = lengths.map((length) => Buffer.from(bytes.subarray(at, (at += length))));
  for (const piece of pieces) buffer.add(piece);
  return { bytes, pieces, payload: buffer.whole(), hashed: hash.digest('hex') };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('BodyBuffer', () => {
  it.each([
    ['nothing', []],
    ['one piece', [10 * KIB]],
    ['a few large pieces', [64 * KIB, 36 * KIB]],
    ['small pieces alone', Array<number>(200).fill(37)],
    ['a small one between large ones', [9 * KIB, 1, 60 * KIB]],
    ['more than is kept in parts', Array<number>(10).fill(60 * KIB)],
  ])('holds and hashes what came: %s', (_what, lengths) => {
    for (const declared of [true, false]) {
      const { bytes, payload, hashed } = bring(lengths, declared);
      expect(payload.length).toBe(bytes.length);
      expect(payload.bytes.equals(bytes)).toBe(true);
      expect(hashed).toBe(sha256(bytes));
    }
  });

  it('holds and hashes what came, however it was cut', () => {
    const length = fc.oneof(fc.nat(100), fc.nat(64 * KIB));
    fc.assert(
      fc.property(fc.array(length, { maxLength: 12 }), fc.boolean(), (lengths, declared) => {
        const { bytes, payload, hashed } = bring(lengths, declared);
        expect(Buffer.concat(payload.parts).equals(bytes)).toBe(true);
        expect(hashed).toBe(sha256(bytes));
      }),
    );
  });

  it('does not copy what comes in large pieces', () => {
    const { payload, pieces } = bring([60 * KIB, 40 * KIB], true);
    expect(payload.parts).toHaveLength(2);
    for (const [at, part] of payload.parts.entries()) expect(part).toBe(pieces[at]);
  });

  it('has a large body in one piece', () => {
    const { payload } = bring(Array<number>(10).fill(60 * KIB), true);
    expect(payload.parts).toHaveLength(1);
  });

  it('has one part for any number of small pieces', () => {
    const { payload } = bring(Array<number>(10_000).fill(7), true);
    expect(payload.parts).toHaveLength(1);
  });
});
