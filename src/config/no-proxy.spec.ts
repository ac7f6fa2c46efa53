import { bypassesProxy } from './no-proxy.js';

/** As golang.org/x/net/http/httpproxy has it. */
describe('NO_PROXY', () => {
  it.each([
    ['*', 'a.example', 80],
    ['a.example', 'a.example', 80],
    ['a.example', 'b.a.example', 80],
    ['A.Example', 'a.example', 80],
    ['.a.example', 'b.a.example', 80],
    ['*.a.example', 'b.a.example', 80],
    ['x, a.example ,y', 'a.example', 80],
    ['a.example:8080', 'a.example', 8080],
    ['.a.example:8080', 'b.a.example', 8080],
    ['192.0.2.1', '192.0.2.1', 80],
    ['192.0.2.1:80', '192.0.2.1', 80],
    ['192.0.2.0/24', '192.0.2.255', 80],
    ['2001:db8::/32', '2001:db8::1', 80],
    ['[2001:db8::1]:80', '2001:db8::1', 80],
    ['2001:db8::1', '2001:db8::1', 80],
    ['', 'localhost', 80],
    ['', '127.0.0.1', 80],
    ['', '127.9.9.9', 80],
    ['', '::1', 80],
  ])('%j exempts %s, port %d', (list, hostname, port) => {
    expect(bypassesProxy(list, hostname, port)).toBe(true);
  });

  it.each([
    ['', 'a.example', 80],
    [',', 'a.example', 80],
    ['a.example', 'ba.example', 80],
    ['a.example', 'example', 80],
    ['.a.example', 'a.example', 80],
    ['*.a.example', 'a.example', 80],
    ['a.example:8080', 'a.example', 80],
    ['192.0.2.1:81', '192.0.2.1', 80],
    ['192.0.2.0/24', '192.0.3.0', 80],
    ['192.0.2.0/33', '192.0.2.0', 80],
    ['10.0.0.0/8', 'ten.example', 80],
    ['192.0.2.1', '192.0.2.10', 80],
    [':80', 'a.example', 80],
    ['a.*.example', 'a.b.example', 80],
  ])('%j does not exempt %s, port %d', (list, hostname, port) => {
    expect(bypassesProxy(list, hostname, port)).toBe(false);
  });
});
