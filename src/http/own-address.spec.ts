import { ownAddress } from './own-address.js';

it.each([
  [undefined, '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
  ['0:0:0:0:0:0:0:0', '::1'],
  ['::1', '::1'],
  ['127.0.0.2', '127.0.0.2'],
  ['localhost', 'localhost'],
])('a listener on %s is asked at %s', (host, address) => {
  expect(ownAddress(host)).toBe(address);
});
