import { type IncomingMessage } from 'node:http';

import { isLoopback } from '../config/own-listeners.js';
import { printable } from '../model/printable.js';

/** Names of service accounts have up to 350 characters. */
const MAX_SHOWN_LENGTH = 400;

/**
 * Who asks, by the `X-Remote-User` of the proxy that has authenticated them; `undefined`: nobody says. Whoever comes from
 * another host is not believed.
 */
export function remoteUser({ headers, socket }: IncomingMessage): string | undefined {
  const user = headers['x-remote-user'];
  const isTrusted = socket.remoteAddress !== undefined && isLoopback(socket.remoteAddress);
  return isTrusted && typeof user === 'string' ? printable(user, MAX_SHOWN_LENGTH) : undefined;
}
