import { MAX_BACKEND_URL_LENGTH, parseBackendUrl } from './backend-url.js';

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
