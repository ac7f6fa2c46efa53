// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of others made safe to show: cut after `maxLength` characters, and control characters as `\x1b` or `\u202e`,
 * so that neither a terminal nor a log reader acts on them.
 */
export function printable(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, '0')}`;
  });
}
