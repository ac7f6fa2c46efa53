import { printable } from './printable.js';

describe('printable', () => {
  it.each([
    ['plain, "quoted" and \\', 'plain, "quoted" and \\'],
    ['äöü 漢字 🎉', 'äöü 漢字 🎉'],
    ['\u0020\u007e\u00a0', '\u0020\u007e\u00a0'],
    ['a\nb\r\tc', 'a\\x0ab\\x0d\\x09c'],
    ['\u0000\u001f\u007f\u0080\u009f', '\\x00\\x1f\\x7f\\x80\\x9f'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u2027\u2028\u2029', '\u2027\\u2028\\u2029'],
    ['\u202a\u202e\u202f', '\\u202a\\u202e\u202f'],
    ['\u2065\u2066\u2069', '\u2065\\u2066\\u2069'],
    ['\u200a\u200b\u200f\u2010', '\u200a\\u200b\\u200f\u2010'],
    ['\ufeff\u061c', '\\ufeff\\u061c'],
    ['\u205f\u2060\u2064', '\u205f\\u2060\\u2064'],
    ['\u00ac\u00ad\u00ae', '\u00ac\\xad\u00ae'],
    ['\u180e\u034f\u115f\u3164\ufe0f', '\\u180e\\u034f\\u115f\\u3164\\ufe0f'],
    ['\ufff9\ufffb\ufffd', '\\ufff9\\ufffb\ufffd'],
    ['\u{e0041}\u{e0100}', '\\u{e0041}\\u{e0100}'],
    ['\ud83c', '\\ud83c'],
    ['', ''],
  ])('shows %j as %j', (text, shown) => {
    expect(printable(text, 100)).toBe(shown);
  });

  it.each([
    [4, '1234'],
    [5, '12345'],
    [6, '12345'],
  ])('of %d characters, keeps 5 at most', (length, shown) => {
    expect(printable('123456'.slice(0, length), 5)).toBe(shown);
  });

  it('leaves no half of a character that it cut in two', () => {
    expect(printable('🎉', 1)).toBe('\\ud83c');
  });

  it('cuts before it escapes', () => {
    expect(printable('\n\n\n', 2)).toBe('\\x0a\\x0a');
  });
});
