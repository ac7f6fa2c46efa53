import { thrownBy } from '../../test/support/thrown-by.js';
import { readSecrets, SecretFault } from './secrets.js';

const LONG = "It's a Secret to Everybody";
const MARK = 'a byte order mark';
const SPACE = 'white space at the end of a line';
const bytesOf = (content: string | Buffer) => Buffer.from(content);

describe('secrets', () => {
  it.each<[content: string | Buffer, secrets: string[], dropped: string[]]>([
    [LONG, [LONG], []],
    [`${LONG}\n`, [LONG], []],
    [`${LONG}\r\n`, [LONG], []],
    [`${LONG}\r\nthe second of them\r\n`, [LONG, 'the second of them'], []],
    [`${LONG}\n\n\nthe second of them`, [LONG, 'the second of them'], []],
    ['schlüssel zum ganzen', ['schlüssel zum ganzen'], []],
    ['🔑'.repeat(16), ['🔑'.repeat(16)], []],
    [` ${LONG}`, [` ${LONG}`], []],
    [`${LONG} `, [LONG], [SPACE]],
    [`${LONG}\t\u00a0\n`, [LONG], [SPACE]],
    [`${LONG}\n  \n`, [LONG], [SPACE]],
    [`\ufeff${LONG}`, [LONG], [MARK]],
    [`\ufeff${LONG} \n`, [LONG], [MARK, SPACE]],
    ['x'.repeat(16), ['x'.repeat(16)], []],
    [`"${LONG}`, [`"${LONG}`], []],
    [`${LONG}<html>`, [`${LONG}<html>`], []],
    [Array(8).fill(LONG).join('\n'), Array(8).fill(LONG) as string[], []],
  ])('of %j are taken', (content, secrets, dropped) => {
    expect(readSecrets(bytesOf(content))).toEqual({ secrets, dropped });
  });

  it.each<[what: string, content: string | Buffer, reason: string]>([
    ['nothing', '', 'empty'],
    ['empty lines', '\n\r\n', 'empty'],
    ['a blank', ' ', 'empty'],
    ['a byte order mark alone', '\ufeff', 'empty'],
    ['one character', 'a', 'too-short'],
    ['15 characters', 'x'.repeat(15), 'too-short'],
    ['15 characters of four bytes', '🔑'.repeat(15), 'too-short'],
    ['15 characters and blanks', `${'x'.repeat(15)}   `, 'too-short'],
    ['a short one after a long one', `${LONG}\nshort`, 'too-short'],
    ['nine secrets', Array(9).fill(LONG).join('\n'), 'too-many'],
    ['more than 4 KiB', 'x'.repeat(4097), 'too-large'],
    ['a NUL', `${LONG}\0`, 'not-text'],
    ['an escape', `\u001b[31m${LONG}`, 'not-text'],
    ['a tab within', `It's a Secret\tto Everybody`, 'not-text'],
    ['a line break of old', `${LONG}\rmore of it`, 'not-text'],
    ['an invisible character', `${LONG}\u200bmore`, 'not-text'],
    ['a second byte order mark', `${LONG}\n\ufeff${LONG}`, 'not-text'],
    ['UTF-16, little-endian', Buffer.from(`\ufeff${LONG}`, 'utf16le'), 'not-text'],
    ['UTF-16, big-endian', Buffer.from(`\ufeff${LONG}`, 'utf16le').swap16(), 'not-text'],
    ['UTF-16 without a mark', Buffer.from(LONG, 'utf16le'), 'not-text'],
    ['Latin-1', Buffer.from('schlüssel zum ganzen', 'latin1'), 'not-text'],
    ['binary', Buffer.from([0x1f, 0x8b, 0x08, 0xff, 0xfe]), 'not-text'],
    ['what was binary before', '\ufffd'.repeat(20), 'not-text'],
    ['an HTML page', '<!DOCTYPE html>\n<html></html>', 'not-a-secret'],
    ['an HTML page, indented', '  <html lang="en"><body>Sign in</body>', 'not-a-secret'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n', 'not-a-secret'],
    ['double quotes', `"${LONG}"`, 'not-a-secret'],
    ['single quotes', `'${LONG}'`, 'not-a-secret'],
    ['an assignment', `GH_APP_WEBHOOK_SECRET=${LONG}`, 'not-a-secret'],
    ['an export', `export GH_APP_WEBHOOK_SECRET="${LONG}"`, 'not-a-secret'],
    ['a reference', '$(GH_APP_WEBHOOK_SECRET)', 'not-a-secret'],
    ['a reference in braces', '${WEBHOOK_SECRET_OF_OURS}', 'not-a-secret'],
  ])('are not to be had of %s, which is not shown', (_what, content, reason) => {
    const error = thrownBy(() => readSecrets(bytesOf(content)));
    expect(error).toBeInstanceOf(SecretFault);
    expect(error).toMatchObject({ reason });
    expect((error as SecretFault).message).not.toContain('Everybody');
  });
});
