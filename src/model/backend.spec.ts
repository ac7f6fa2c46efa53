import { Backend } from './backend.js';

const backendAt = (url: string) => new Backend(new URL(url), 'registered');

describe('Backend', () => {
  it.each([
    ['https://pac.example.com', 'https://pac.example.com'],
    ['https://pac.example.com/', 'https://pac.example.com'],
    ['HTTPS://PAC.example.com:443/', 'https://pac.example.com'],
    ['http://pac:8080/base', 'http://pac:8080/base'],
    ['http://pac:8080/base/', 'http://pac:8080/base/'],
    ['http://pac/?team=a', 'http://pac?team=a'],
    ['http://0x7f.1/', 'http://127.0.0.1'],
  ])('shows %s as %s', (given, shown) => {
    expect(backendAt(given).url).toBe(shown);
  });

  it.each([
    ['https://pac', 'https://pac/'],
    ['https://pac', 'https://pac//'],
    ['https://pac', 'HTTPS://PAC:443'],
    ['http://pac/base', 'http://pac:80/base/'],
    ['http://pac/?team=a', 'http://pac?team=a'],
    ['http://2130706433', 'http://127.0.0.1'],
  ])('takes %s and %s for the same', (one, other) => {
    expect(backendAt(one).key).toBe(backendAt(other).key);
  });

  it.each([
    ['https://pac', 'http://pac'],
    ['https://pac', 'https://pac:8443'],
    ['https://pac', 'https://pac/base'],
    ['https://pac/base', 'https://pac/Base'],
    ['https://pac?team=a', 'https://pac?team=b'],
    ['https://pac', 'https://pac.'],
  ])('tells %s from %s', (one, other) => {
    expect(backendAt(one).key).not.toBe(backendAt(other).key);
  });

  it.each([
    ['https://pac/base', 'https://pac', 'pac', 'pac'],
    ['https://pac:443', 'https://pac', 'pac', 'pac'],
    ['http://pac:8080?q', 'http://pac:8080', 'pac:8080', 'pac'],
    ['http://[2001:db8::1]:8080', 'http://[2001:db8::1]:8080', '[2001:db8::1]:8080', '2001:db8::1'],
  ])('of %s connects to %s, label %s, name %s', (url, connectTo, host, hostname) => {
    expect(backendAt(url)).toMatchObject({ connectTo, host, hostname });
  });

  it.each([
    ['http://pac', 80],
    ['https://pac', 443],
    ['https://pac:80', 80],
  ])('of %s has port %d', (url, port) => {
    expect(backendAt(url).port).toBe(port);
  });

  it.each([
    ['http://pac', '', '/'],
    ['http://pac', 'a=1&b', '/?a=1&b'],
    ['http://pac/base', '', '/base'],
    ['http://pac/base/', '', '/base/'],
    ['http://pac/base', 'a=1', '/base?a=1'],
    ['http://pac/base?team=a', '', '/base?team=a'],
    ['http://pac/base?team=a', 'b=1', '/base?team=a&b=1'],
    ['http://pac?', 'b=1', '/?b=1'],
    ['http://pac', 'a=%20%zz&&?=', '/?a=%20%zz&&?='],
  ])('at %s is sent the query %j as %s', (url, query, target) => {
    expect(backendAt(url).target(query)).toBe(target);
  });
});
