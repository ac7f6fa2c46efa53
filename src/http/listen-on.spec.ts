import { createServer } from 'node:net';

import { UnusableError } from '../model/unusable-error.js';
import { listenFault, listenOn } from './listen-on.js';

const VARIABLES = { host: 'THE_HOST', port: 'THE_PORT' };

it.each([
  ['EADDRINUSE', 'in use by another program (EADDRINUSE)', 'end that program, or set another THE_PORT'],
  ['EADDRNOTAVAIL', 'not an address of this host (EADDRNOTAVAIL)', 'correct THE_HOST'],
  ['ENOTFOUND', 'not an address of this host (ENOTFOUND)', 'correct THE_HOST'],
  ['EAI_AGAIN', 'not an address of this host (EAI_AGAIN)', 'correct THE_HOST'],
  ['EACCES', 'not allowed (EACCES)', 'set a THE_PORT of 1024 or more'],
  ['EINVAL', 'cannot be listened on (EINVAL)', 'set another THE_HOST or THE_PORT'],
])('%s: %s; %s', (code, what, action) => {
  expect(listenFault(code, VARIABLES)).toEqual({ what, action });
});

it('names the variable of the port and the one to change', async () => {
  const listening = listenOn(createServer(), { host: '192.0.2.1', port: 0, variables: VARIABLES });
  await expect(listening).rejects.toThrow(UnusableError);
  await expect(listening).rejects.toThrow(
    'THE_PORT: not an address of this host (EADDRNOTAVAIL); correct THE_HOST',
  );
});
