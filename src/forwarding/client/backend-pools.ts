import { Injectable } from '@nestjs/common';
import { type LookupFunction } from 'node:net';
import { buildConnector, Pool } from 'undici';

import { BackendRegistry } from '../../backends/backend-registry.js';
import { isLocalHost } from '../../backends/local-address.js';
import { type Backend, type BackendOrigin } from '../../model/backend.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { createLookup } from './backend-lookup.js';

/** Pipelines-as-Code closes a connection after 30 idle seconds; a request that meets the closing is of unknown outcome. */
const IDLE_SOCKET_MS = 20_000;

/**
 * One pool of keep-alive connections per backend, so that no backend's trouble is another's. A pool has no limit of its
 * own: there are as many attempts at a backend as webhooks in flight.
 */
@Injectable()
export class BackendPools {
  readonly #pools = new Map<string, Pool>();
  readonly #lookups: Readonly<Record<BackendOrigin, LookupFunction>>;

  constructor(
    private readonly config: SprayproxyConfig,
    registry: BackendRegistry,
  ) {
    this.#lookups = { static: createLookup(true), registered: createLookup(config.allowLocalBackends) };
    registry.on('removed', (backend) => {
      // Attempts under way finish first.
      this.#pools
        .get(backend.key)
        ?.close()
        .catch(() => undefined);
      this.#pools.delete(backend.key);
    });
  }

  poolOf(backend: Backend): Pool {
    let pool = this.#pools.get(backend.key);
    if (pool === undefined) {
      pool = new Pool(backend.connectTo, {
        keepAliveTimeout: IDLE_SOCKET_MS,
        keepAliveMaxTimeout: IDLE_SOCKET_MS,
        connect: this.#connectorOf(backend),
      });
      this.#pools.set(backend.key, pool);
    }
    return pool;
  }

  /** A literal address is never looked up, so it is judged here. */
  #connectorOf(backend: Backend): buildConnector.connector {
    if (backend.origin === 'registered' && !this.config.allowLocalBackends && isLocalHost(backend.hostname)) {
      return (_options, callback) => {
        callback(Object.assign(new Error('the address is local'), { code: 'ELOCAL' }), null);
      };
    }
    return buildConnector({
      lookup: this.#lookups[backend.origin],
      rejectUnauthorized: !this.config.skipTlsVerify,
      timeout: this.config.attemptTimeoutMs,
    });
  }

  /** Cuts off what is still running. */
  async destroy(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }
}
