import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type Socket } from 'node:net';
import { connect } from 'node:tls';

import { type HttpProxy } from '../../config/proxies.js';
import { serverName } from '../../forwarding/client/server-name.js';
import { type Backend } from '../../model/backend.js';
import { fault, ok } from '../check-result.js';
import { codeOf } from '../why.js';
import { type Stage, TIMED_OUT, within } from './stage.js';
import { type TlsOptions } from './tls.check.js';

/** Has the proxy connect to the backend, or, for one with `http://`, only says which proxy will be asked. */
export async function checkProxy(
  backend: Backend,
  proxy: HttpProxy,
  connection: Socket,
  { skipVerify, secureContext }: Pick<TlsOptions, 'skipVerify' | 'secureContext'>,
  signal: AbortSignal,
): Promise<Stage<Socket>> {
  const name = `${proxy.origin} (${proxy.variable})`;
  try {
    const socket = proxy.secure
      ? connect({
          socket: connection,
          host: proxy.hostname,
          servername: serverName(proxy.hostname),
          secureContext,
          rejectUnauthorized: !skipVerify,
        })
      : connection;
    socket.on('error', () => undefined);
    if (proxy.secure) await within(signal, once(socket, 'secureConnect'));
    if (!backend.connectTo.startsWith('https:')) return { finding: ok(`by way of ${name}`), passed: socket };
    const { statusCode = 0, tunnel } = await within(signal, tunnelTo(backend, proxy, socket));
    if (statusCode === 200) return { finding: ok(`connected by ${name}`), passed: tunnel };
    return {
      finding: fault(
        `${name} answers ${statusCode} to CONNECT`,
        statusCode === 407
          ? `give user and password in ${proxy.variable}`
          : 'see whether the proxy lets this backend through, or name the backend in NO_PROXY',
      ),
    };
  } catch (error) {
    const code = codeOf(error);
    return {
      finding: fault(
        code === TIMED_OUT ? `no answer of ${name} in time` : `no answer of ${name} (${code})`,
        `see whether that is a proxy, and correct ${proxy.variable}`,
      ),
    };
  }
}

async function tunnelTo(backend: Backend, proxy: HttpProxy, socket: Socket) {
  const host = backend.hostname.includes(':') ? `[${backend.hostname}]` : backend.hostname;
  const authority = `${host}:${backend.port}`;
  const asked = request({
    createConnection: () => socket,
    method: 'CONNECT',
    path: authority,
    headers: { Host: authority, ...proxy.headers },
  });
  asked.end();
  const [{ statusCode }, tunnel] = (await once(asked, 'connect')) as [IncomingMessage, Socket];
  return { statusCode, tunnel };
}
