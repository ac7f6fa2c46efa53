import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type ConnectionOptions } from 'node:tls';

import { type HttpProxy } from '../../config/proxies.js';
import { addressOptions, type Dial, type Peer, watch } from './dial.js';
import { type TlsPeer } from './tls-peer.js';

/** A proxy on the way, and how it is connected to. */
export interface ProxyHop {
  readonly proxy: HttpProxy;
  readonly lookup: Peer['lookup'];
  /** For a proxy that speaks TLS itself. */
  readonly tls: () => ConnectionOptions;
}

/** Connects to a TLS server through a proxy. @see RFC 9110 section 9.3.6 (CONNECT) */
export const dialThrough =
  ({ proxy, lookup, tls: proxyTls }: ProxyHop, { tls, port }: { tls: TlsPeer; port: number }): Dial =>
  ({ onReady, onBytes, onOver }) => {
    const authority = `${tls.hostname.includes(':') ? `[${tls.hostname}]` : tls.hostname}:${port}`;
    const request = (proxy.secure ? requestHttps : requestHttp)({
      ...addressOptions,
      ...proxyTls(),
      agent: false,
      host: proxy.hostname,
      port: proxy.port,
      lookup,
      method: 'CONNECT',
      path: authority,
      headers: { Host: authority, ...proxy.headers },
    });
    let hangUp = () => {
      request.destroy();
    };
    request.on('error', onOver);
    request.on('connect', ({ statusCode }, tunnel) => {
      hangUp = watch(tunnel, onOver);
      if (statusCode !== 200) {
        onOver(new Error(`the proxy answered ${statusCode ?? 0} to CONNECT`));
        return;
      }
      const socket = tls.connect({ socket: tunnel });
      hangUp = watch(socket, onOver);
      socket.on('data', onBytes);
      socket.once('secureConnect', () => {
        onReady(socket);
      });
    });
    request.end();
    return () => {
      hangUp();
    };
  };
