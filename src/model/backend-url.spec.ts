import { MAX_BACKEND_URL_LENGTH, parseBackendUrl } from './backend-url.js';

const LABEL_63 = 'a'.repeat(63);
const NAME_253 = [LABEL_63, LABEL_63, LABEL_63, 'b'.repeat(61)].join('.');
const LABELS = 'url must name its host by labels of 1 to 63 characters, 253 in all';

describe('parseBackendUrl', () => {
  it.each([
    ['https://pac.apps.example.com', 'https://pac.apps.example.com/'],
    ['http://pac.example.com:8080/', 'http://pac.example.com:8080/'],
    ['HTTPS://PAC.example.com:443', 'https://pac.example.com/'],
    ['http://pac/base/path?team=a', 'http://pac/base/path?team=a'],
    ['http://[::1]:8080', 'http://[::1]:8080/'],
    ['http://2130706433', 'http://127.0.0.1/'],
    ['http://0x7f.1', 'http://127.0.0.1/'],
    ['http://0177.0.0.1', 'http://127.0.0.1/'],
    ['http://[::ffff:127.0.0.1]', 'http://[::ffff:7f00:1]/'],
    ['http://pac:', 'http://pac/'],
    ['http://pac:1', 'http://pac:1/'],
    ['http://pac:0080', 'http://pac/'],
    ['http://pac:65535', 'http://pac:65535/'],
    ['http://pac.example.:8080', 'http://pac.example.:8080/'],
    [`http://${LABEL_63}.example`, `http://${LABEL_63}.example/`],
    [`http://${NAME_253}`, `http://${NAME_253}/`],
    [`http://${NAME_253}.`, `http://${NAME_253}./`],
  ])('reads %j as %j', (text, href) => {
    expect(parseBackendUrl(text)).toBeInstanceOf(URL);
    expect(String(parseBackendUrl(text))).toBe(href);
  });

  it.each([
    ['', 'url is missing'],
    ['pac.example.com', 'url is not a valid URL'],
    ['//pac.example.com', 'url is not a valid URL'],
    ['http://', 'url is not a valid URL'],
    ['http://pac:65536', 'url is not a valid URL'],
    ['http://[::1', 'url is not a valid URL'],
    ['http://pac:-1', 'url is not a valid URL'],
    ['http://pac:8080x', 'url is not a valid URL'],
    ['http://pac:80:80', 'url is not a valid URL'],
    ['http://pac:0', 'url must not have port 0'],
    ['https://pac:0', 'url must not have port 0'],
    ['https://pac:000', 'url must not have port 0'],
    ['https://[::1]:0/base', 'url must not have port 0'],
    ['https://a..example', LABELS],
    ['https://.example', LABELS],
    ['https://example..', LABELS],
    ['https://.', LABELS],
    [`https://${LABEL_63}a.example`, LABELS],
    [`https://example.${LABEL_63}a.`, LABELS],
    // As the DNS has it, with its umlauts, it is longer.
    [`https://${'\u00e4'.repeat(60)}.example`, LABELS],
    [`https://${NAME_253}b`, LABELS],
    [`https://${NAME_253}b.`, LABELS],
    [' http://pac', 'url is not a valid URL'],
    ['http://pac\n', 'url is not a valid URL'],
    ['http://p\tac', 'url is not a valid URL'],
    ['http://pac/a b', 'url is not a valid URL'],
    ['http://pac/\u0000', 'url is not a valid URL'],
    ['http://pac/\u007f', 'url is not a valid URL'],
    ['http://pac/\u00a0', 'url is not a valid URL'],
    ['pac:8080', 'url must begin with http:// or https://'],
    ['ftp://pac', 'url must begin with http:// or https://'],
    ['file:///etc/passwd', 'url must begin with http:// or https://'],
    ['javascript:alert(1)', 'url must begin with http:// or https://'],
    ['http://user@pac', 'url must not contain credentials'],
    ['http://user:hunter2@pac', 'url must not contain credentials'],
    ['http://:hunter2@pac', 'url must not contain credentials'],
    ['http://pac/#fragment', 'url must not contain a fragment'],
    ['http://pac/#', 'url must not contain a fragment'],
    ['http://pac/a,b', 'url must not contain a comma'],
    ['http://a,http://b', 'url must not contain a comma'],
  ])('refuses %j: %s', (text, reason) => {
    expect(parseBackendUrl(text)).toBe(reason);
  });

  it.each([
    [MAX_BACKEND_URL_LENGTH - 1, expect.any(URL)],
    [MAX_BACKEND_URL_LENGTH, expect.any(URL)],
    [MAX_BACKEND_URL_LENGTH + 1, 'url is longer than 2048 characters'],
  ])('given %d characters, answers %j', (length, expected) => {
    expect(parseBackendUrl('http://pac/'.padEnd(length, 'a'))).toEqual(expected);
  });
});
