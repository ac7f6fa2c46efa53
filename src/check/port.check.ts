import { once } from 'node:events';
import { createServer } from 'node:net';

import { listenFault, type ListenVariables } from '../http/listen-on.js';
import { ownAddress } from '../http/own-address.js';
import { fault, type Finding, ok } from './check-result.js';
import { httpGet } from './http-get.js';
import { codeOf } from './why.js';

/** One of the listeners. */
export interface Listener {
  /** `undefined`: all interfaces. */
  readonly host: string | undefined;
  readonly port: number;
  readonly variables: ListenVariables;
  /** By which it is known whether it is to be asked by TLS. */
  readonly tlsVariables: readonly string[];
  readonly protocol: 'http:' | 'https:';
  /** By what it is known that this program listens there. */
  readonly sign: { readonly path: string; readonly answer: RegExp };
}

/** Where a service that is running can be asked. */
export interface ListeningService {
  readonly host: string;
  readonly port: number;
}

export interface PortFinding {
  readonly finding: Finding;
  /** Present if this program listens there. */
  readonly service?: ListeningService;
  /** What it answered where the sign was looked for. */
  readonly answer?: string;
}

/** Whether the port could be listened on: it is, for an instant. @param signal ends the question to whoever does. */
export async function checkPort(listener: Listener, signal: AbortSignal): Promise<PortFinding> {
  const { host, port, variables } = listener;
  const code = await failureToListen(host, port);
  if (code === undefined) return { finding: ok('free') };
  if (code === 'EADDRINUSE') {
    const service = { host: ownAddress(host), port };
    const answer = await ourAnswer(listener, service, signal);
    if (answer !== undefined) return { finding: ok('in use by a running sprayproxy'), service, answer };
  }
  const { what, action } = listenFault(code, variables);
  return { finding: fault(what, action) };
}

async function failureToListen(host: string | undefined, port: number): Promise<string | undefined> {
  const server = createServer((connection) => connection.destroy());
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return codeOf(error);
  } finally {
    server.close();
  }
}

/** @returns `undefined`: it is not this program that listens there. */
async function ourAnswer(
  { protocol, sign }: Listener,
  service: ListeningService,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { text } = await httpGet({ path: sign.path, signal, to: { protocol, ...service } });
    return sign.answer.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
