import { type Socket } from 'node:net';

import { type HttpProxy } from '../../config/proxies.js';
import { type Backend } from '../../model/backend.js';
import { printable } from '../../model/printable.js';
import { fault, type Finding, ok, warning } from '../check-result.js';
import { type GetAnswer, httpGet } from '../http-get.js';
import { codeOf } from '../why.js';
import { type Stage, TIMED_OUT, within } from './stage.js';

const MAX_LOCATION = 256;

/**
 * Asks the backend with a `GET` to its own path: Pipelines-as-Code answers 200 to whatever is no POST, and starts nothing.
 * @param proxy what the connection leads to, if not to the backend
 * @param socket the connection; it is over afterwards.
 */
export async function checkHttp(
  backend: Backend,
  proxy: HttpProxy | undefined,
  socket: Socket,
  signal: AbortSignal,
): Promise<Stage<never>> {
  // Beyond a tunnel nothing is left of the proxy.
  const asked = backend.connectTo.startsWith('http:') ? proxy : undefined;
  try {
    const answer = await within(
      signal,
      httpGet({
        path: (asked === undefined ? '' : backend.connectTo) + backend.target(''),
        headers: { Host: backend.host, ...asked?.headers },
        signal,
        to: socket,
        keep: 0,
      }),
    );
    return { finding: judgeAnswer(answer) };
  } catch (error) {
    return { finding: noAnswer(codeOf(error)) };
  } finally {
    socket.destroy();
  }
}

function noAnswer(code: string): Finding {
  if (code === TIMED_OUT) {
    return fault('connected, but no answer in time', 'see whether the backend is overloaded, or hangs');
  }
  return fault(
    `the connection ended without an answer (${code})`,
    'see the log of the backend, or of its router',
  );
}

/** Client errors that another time may bring no more. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

export function judgeAnswer({ status, location }: Omit<GetAnswer, 'text'>): Finding {
  if (status >= 300 && status < 400) {
    const to = location === undefined ? 'elsewhere' : `to ${printable(location, MAX_LOCATION)}`;
    return fault(
      `${status}, a redirect ${to}: a webhook does not follow it`,
      'name the URL of Pipelines-as-Code itself',
    );
  }
  if (status < 300) return ok(String(status));
  // Who tells methods apart may still take a POST.
  if (status === 405) {
    return warning(
      `${status}: no GET is answered there, so it is no Pipelines-as-Code`,
      'see whether it takes a webhook',
    );
  }
  if (status >= 500 || PASSING.has(status)) {
    return fault(
      `${status}: the backend, or a router in front of it, is in trouble`,
      'see whether its pods run',
    );
  }
  return fault(
    `${status}: Pipelines-as-Code answers 200`,
    'correct the path in the URL; see whether something in front of it asks for a login',
  );
}
