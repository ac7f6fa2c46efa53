const PLAIN = /^[\x20-\x7e]*$/;

/**
 * Whatever moves a cursor, turns the direction of text, ends a line or shows nothing at all: control and format
 * characters, line and paragraph separators, halves of a surrogate pair, fillers, variation selectors. A code point that
 * Unicode has not given out is shown as a box, and may stay.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?=\P{Cn})\p{Default_Ignorable_Code_Point}/gu;

/**
 * Text of others made safe to show: cut after `maxLength` characters, and control and invisible characters as `\x1b`,
 * `\u202e` or `\u{e0041}`, so that neither a terminal nor a log reader acts on them and nobody overlooks them.
 */
export function printable(text: string, maxLength: number): string {
  const cut = text.slice(0, maxLength);
  return PLAIN.test(cut) ? cut : cut.replace(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code > 0xffff) return `\\u{${hex}}`;
  return code > 0xff ? `\\u${hex.padStart(4, '0')}` : `\\x${hex.padStart(2, '0')}`;
}
