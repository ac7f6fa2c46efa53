import { once } from 'node:events';
import { type Server } from 'node:net';

import { UnusableError } from '../model/unusable-error.js';

/** Why an address cannot be listened on, and what to do about it. */
export interface ListenFault {
  readonly what: string;
  readonly action: string;
}

/** What a listener is configured by. */
export interface ListenVariables {
  readonly host: string;
  readonly port: string;
}

export function listenFault(code: string, { host, port }: ListenVariables): ListenFault {
  switch (code) {
    case 'EADDRINUSE':
      return {
        what: `in use by another program (${code})`,
        action: `end that program, or set another ${port}`,
      };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { what: `not an address of this host (${code})`, action: `correct ${host}` };
    case 'EACCES':
      return { what: `not allowed (${code})`, action: `set a ${port} of 1024 or more` };
    default:
      return {
        what: `cannot be listened on (${code})`,
        action: `set another ${host} or ${port}`,
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
  { host, port, variables }: { host: string | undefined; port: number; variables: ListenVariables },
): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const { what, action } = listenFault(code, variables);
    throw new UnusableError(`${variables.port}: ${what}; ${action}`, { cause: error });
  }
}
