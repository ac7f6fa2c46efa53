import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { EventEmitter } from 'node:events';
import { type Gauge } from 'prom-client';

import { isOurs, ownListeners } from '../config/own-listeners.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Logger } from '../logging/logger.js';
import { BACKENDS } from '../metrics/names.js';
import { Spool } from '../spool/spool.js';
import { type Backend, type BackendOrigin } from '../model/backend.js';
import { isLocalHost } from './local-address.js';
import { toBackends } from '../model/to-backends.js';

export const MAX_REGISTERED_BACKENDS = 256;

/**
 * The backends of now. Registered ones survive a restart where there is a spool. Emits `removed` with the backend that
 * went.
 * Changes replace the list instead of altering it, so a fan-out under way keeps the one it began with.
 */
@Injectable()
export class BackendRegistry extends EventEmitter<{ removed: [Backend] }> implements OnModuleInit {
  #byKey: ReadonlyMap<string, Backend> = new Map();
  #list: readonly Backend[] = [];
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly spool: Spool,
    @InjectMetric(BACKENDS) private readonly count: Gauge,
    private readonly logger: Logger,
  ) {
    super();
    const backends = toBackends(config.staticBackendUrls, 'static');
    this.#replace(new Map(backends.map((backend) => [backend.key, backend])));
  }

  /** Who may no longer register backends no longer has any; who may no longer have local ones is left without these. */
  async onModuleInit(): Promise<void> {
    if (!this.config.dynamicBackendsEnabled) return;
    for (const backend of toBackends(await this.spool.registeredBackends(), 'registered')) {
      if (this.has(backend)) continue;
      const why = this.#whyNot(backend);
      if (why === undefined) this.#add(backend);
      else this.logger.warn({ backend: backend.url, why }, 'registered backend is left out');
    }
  }

  #whyNot({ hostname, port }: Backend): string | undefined {
    const { allowLocalBackends } = this.config;
    if (isOurs({ hostname, port }, ownListeners(this.config))) {
      return 'it is at an address of this program itself';
    }
    return !allowLocalBackends && isLocalHost(hostname)
      ? 'it is local, and SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL is not set'
      : undefined;
  }

  list(): readonly Backend[] {
    return this.#list;
  }

  /** @param key of the backend */
  get(key: string): Backend | undefined {
    return this.#byKey.get(key);
  }

  has(backend: Backend): boolean {
    return this.#byKey.has(backend.key);
  }

  hasHost(host: string): boolean {
    return this.#list.some((backend) => backend.host === host);
  }

  /** @throws SprayproxyError `spool-failed`: it is not registered. */
  register(backend: Backend): Promise<'registered' | 'known' | 'full'> {
    return this.#oneAtATime(async () => {
      if (this.has(backend)) return 'known';
      if (this.#countOf('registered') >= MAX_REGISTERED_BACKENDS) return 'full';
      await this.spool.keepBackend(backend.url);
      this.#add(backend);
      return 'registered';
    });
  }

  /**
   * Gives the backend that went, or `undefined` if there was none of that key.
   * @param only not another one that has been registered under that key since
   * @throws SprayproxyError `spool-failed`: it is still there.
   */
  unregister(key: string, only?: Backend): Promise<Backend | undefined> {
    return this.#oneAtATime(async () => {
      const backend = this.#byKey.get(key);
      if (backend === undefined || (only !== undefined && backend !== only)) return undefined;
      if (backend.origin === 'registered') await this.spool.forgetBackend(backend.url);
      return this.#drop(backend);
    });
  }

  /** Memory and disk must agree in the end, whoever asks for what at the same time. */
  #oneAtATime<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }

  #add(backend: Backend): void {
    this.#replace(new Map(this.#byKey).set(backend.key, backend));
  }

  #drop(backend: Backend): Backend {
    const rest = new Map(this.#byKey);
    rest.delete(backend.key);
    this.#replace(rest);
    this.emit('removed', backend);
    return backend;
  }

  #replace(byKey: ReadonlyMap<string, Backend>): void {
    this.#byKey = byKey;
    this.#list = [...byKey.values()];
    for (const origin of ['static', 'registered'] as const) this.count.set({ origin }, this.#countOf(origin));
  }

  #countOf(origin: BackendOrigin): number {
    return this.#list.filter((backend) => backend.origin === origin).length;
  }
}
