import { Injectable } from '@nestjs/common';
import { type LookupFunction } from 'node:net';

import { BackendRegistry } from '../../backends/backend-registry.js';
import { isLocalHost } from '../../backends/local-address.js';
import { NameLookups } from '../../backends/name-lookups.js';
import { Ourselves } from '../../backends/ourselves.js';
import { Clock } from '../../clock/clock.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { type HttpProxy } from '../../config/proxies.js';
import { type Backend } from '../../model/backend.js';
import { createLookup, localError, ownError } from './backend-lookup.js';
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
  readonly #proxyLookup: LookupFunction;

  constructor(
    private readonly config: SprayproxyConfig,
    registry: BackendRegistry,
    private readonly tls: BackendTls,
    private readonly names: NameLookups,
    private readonly ourselves: Ourselves,
    private readonly clock: Clock,
  ) {
    this.#proxyLookup = createLookup({ allowLocal: true, isOurs: () => false }, names);
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
    const { hostname, port } = backend;
    const direct = (dial: Dial): Route => ({
      pool: new ConnectionPool(this.#unlessOurs(backend, dial), this.clock),
      targetPrefix: '',
    });
    // An address is not looked up, so nobody else would see that it is local.
    if (backend.origin === 'registered' && !this.config.allowLocalBackends && isLocalHost(hostname)) {
      return direct(dialNowhere(localError('the address is local')));
    }
    if (backend.connectTo.startsWith('https:')) {
      const tls = new TlsPeer(hostname, this.tls);
      if (proxy !== undefined) return direct(dialThrough(this.#hop(proxy), { tls, port }));
      return direct(dialTo({ hostname, port, tls, lookup: this.#lookupOf(backend) }));
    }
    if (proxy === undefined) {
      return direct(dialTo({ hostname, port, lookup: this.#lookupOf(backend) }));
    }
    const tls = proxy.secure ? { tls: new TlsPeer(proxy.hostname, this.tls) } : {};
    const dial = dialTo({ hostname: proxy.hostname, port: proxy.port, lookup: this.#proxyLookup, ...tls });
    return {
      ...direct(dial),
      targetPrefix: backend.connectTo,
      ...(proxy.authorization !== undefined && { proxyAuthorization: proxy.authorization }),
    };
  }

  #hop(proxy: HttpProxy) {
    const tls = () => this.tls.optionsFor(proxy.hostname);
    return { proxy, lookup: this.#proxyLookup, tls };
  }

  #lookupOf({ origin, port }: Backend): LookupFunction {
    const allowLocal = origin === 'static' || this.config.allowLocalBackends;
    return createLookup({ allowLocal, isOurs: (address) => this.ourselves.isAt(address, port) }, this.names);
  }

  /** An address is not looked up, and where this process listens may be known only by now. */
  #unlessOurs({ hostname, port }: Backend, dial: Dial): Dial {
    return (events) => (this.ourselves.isAt(hostname, port) ? dialNowhere(ownError())(events) : dial(events));
  }
}
