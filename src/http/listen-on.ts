import { once } from 'node:events';
import { type Server } from 'node:net';

import { UnusableError } from '../model/unusable-error.js';

/** Why an address cannot be listened on, and what to do about it. */
export interface ListenFault {
  readonly what: string;
  readonly action: string;
}

/** @param variable that the port comes from */
export function listenFault(code: string, variable: string): ListenFault {
  switch (code) {
    case 'EADDRINUSE':
      return {
        what: `in use by another program (${code})`,
        action: `end that program, or set another ${variable}`,
      };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { what: `not an address of this host (${code})`, action: 'correct SPRAYPROXY_SERVER_HOST' };
    case 'EACCES':
      return { what: `not allowed (${code})`, action: `set a ${variable} of 1024 or more` };
    default:
      return {
        what: `cannot be listened on (${code})`,
        action: `set another SPRAYPROXY_SERVER_HOST or ${variable}`,
      };
  }
}

/**
 * Resolves when the server listens there.
 * @param host absent: all interfaces
 * @throws UnusableError that names the variable to change.
 */
export async function listenOn(
  server: Server,
  { host, port, variable }: { host: string | undefined; port: number; variable: string },
): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const { what, action } = listenFault(code, variable);
    throw new UnusableError(`${variable}: ${what}; ${action}`, { cause: error });
  }
}
