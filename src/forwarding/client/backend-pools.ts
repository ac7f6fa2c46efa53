import { Injectable } from '@nestjs/common';
import { type LookupFunction } from 'node:net';

import { BackendRegistry } from '../../backends/backend-registry.js';
import { isLocalHost } from '../../backends/local-address.js';
import { NameLookups } from '../../backends/name-lookups.js';
import { Clock } from '../../clock/clock.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { type HttpProxy } from '../../config/proxies.js';
import { type Backend, type BackendOrigin } from '../../model/backend.js';
import { createLookup, localError } from './backend-lookup.js';
import { BackendTls } from './backend-tls.js';
import { ConnectionPool } from './connection-pool.js';
import { type Dial, dialNowhere, dialTo } from './dial.js';
import { dialThrough } from './dial-tunnel.js';
import { TlsPeer } from './tls-peer.js';

/** How a backend is reached. */
export interface Route {
  readonly pool: ConnectionPool;
  /** Stands before the target of a request: a proxy that is no tunnel wants to know where to. */
  readonly targetPrefix: string;
  readonly proxyAuthorization?: string;
}

/** The connections to each backend, made directly or through the proxy that the environment names. */
@Injectable()
export class BackendPools {
  readonly #routes = new Map<string, Route>();
  readonly #lookups: Readonly<Record<BackendOrigin, LookupFunction>>;

  constructor(
    private readonly config: SprayproxyConfig,
    registry: BackendRegistry,
    private readonly tls: BackendTls,
    names: NameLookups,
    private readonly clock: Clock,
  ) {
    this.#lookups = {
      static: createLookup(true, names),
      registered: createLookup(config.allowLocalBackends, names),
    };
    tls.onChange = () => {
      for (const { pool } of this.#routes.values()) pool.renew();
    };
    registry.on('removed', ({ key }) => {
      this.#routes.get(key)?.pool.close();
      this.#routes.delete(key);
    });
  }

  routeTo(backend: Backend): Route {
    let route = this.#routes.get(backend.key);
    if (route === undefined) {
      route = this.#newRoute(backend);
      this.#routes.set(backend.key, route);
    }
    return route;
  }

  /** Cuts off what is still running. */
  destroy(): void {
    for (const { pool } of this.#routes.values()) pool.destroy();
  }

  #newRoute(backend: Backend): Route {
    const proxy = this.config.proxies.proxyFor(backend);
    const direct = (dial: Dial): Route => ({ pool: new ConnectionPool(dial, this.clock), targetPrefix: '' });
    const { hostname, port } = backend;
    // An address is not looked up, so nobody else would see that it is local.
    if (backend.origin === 'registered' && !this.config.allowLocalBackends && isLocalHost(hostname)) {
      return direct(dialNowhere(localError('the address is local')));
    }
    if (backend.connectTo.startsWith('https:')) {
      const tls = new TlsPeer(hostname, this.tls);
      if (proxy !== undefined) return direct(dialThrough(this.#hop(proxy), { tls, port }));
      return direct(dialTo({ hostname, port, tls, lookup: this.#lookups[backend.origin] }));
    }
    if (proxy === undefined) {
      return direct(dialTo({ hostname, port, lookup: this.#lookups[backend.origin] }));
    }
    const tls = proxy.secure ? { tls: new TlsPeer(proxy.hostname, this.tls) } : {};
    const dial = dialTo({ hostname: proxy.hostname, port: proxy.port, lookup: this.#lookups.static, ...tls });
    return {
      ...direct(dial),
      targetPrefix: backend.connectTo,
      ...(proxy.authorization !== undefined && { proxyAuthorization: proxy.authorization }),
    };
  }

  #hop(proxy: HttpProxy) {
    const tls = () => this.tls.optionsFor(proxy.hostname);
    return { proxy, lookup: this.#lookups.static, tls };
  }
}
