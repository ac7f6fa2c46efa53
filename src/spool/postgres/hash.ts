/**
 * 32 bits of a text, with sign, the same in every version: they are in the database.
 * FNV-1a, over UTF-16, and the last step of MurmurHash3, without which texts that differ in their last letter are neighbours.
 * @see https://en.wikipedia.org/wiki/MurmurHash#Algorithm
 */
export function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
