import { type IncomingMessage } from 'node:http';

import { remoteUser } from './remote-user.js';

const userOf = (remoteAddress: string | undefined, user: string | string[] | undefined) =>
  remoteUser({ headers: { 'x-remote-user': user }, socket: { remoteAddress } } as unknown as IncomingMessage);

it.each([
  ['127.0.0.1', 'ann', 'ann'],
  ['127.8.8.8', 'ann', 'ann'],
  ['::1', 'ann', 'ann'],
  ['::ffff:127.0.0.1', 'ann', 'ann'],
  ['::ffff:10.0.0.1', 'ann', undefined],
  ['10.0.0.1', 'ann', undefined],
  ['2001:db8::1', 'ann', undefined],
  [undefined, 'ann', undefined],
  ['127.0.0.1', undefined, undefined],
  ['127.0.0.1', 'a\u001b[2Jn\n', 'a\\x1b[2Jn\\x0a'],
])('from %s, %j is %j', (address, user, expected) => {
  expect(userOf(address, user)).toBe(expected);
});

it.each([399, 400, 401])('shows 400 characters at most of %d', (length) => {
  expect(userOf('::1', 'u'.repeat(length))).toBe('u'.repeat(Math.min(length, 400)));
});
