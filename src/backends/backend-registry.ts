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
import { BackendFilter } from '../model/backend-filter.js';
import { filtersIn, keepFilter } from '../spool/backend-filters.js';
import { isLocalHost } from './local-address.js';
import { toBackends } from '../model/to-backends.js';

export const MAX_REGISTERED_BACKENDS = 256;

/**
 * What came of a registration.
 * - changed: it was there, with another filter.
 * - fixed: it is one of the environment, which says what its filter is.
 */
export type Registered = 'registered' | 'known' | 'changed' | 'fixed' | 'full';

/**
 * The backends of now. Registered ones survive a restart where there is a spool. Emits `removed` with the backend that
 * went.
 * Changes replace the list instead of altering it, so a fan-out under way keeps the one it began with.
 */
@Injectable()
export class BackendRegistry extends EventEmitter<{ removed: [Backend] }> implements OnModuleInit {
  #byKey: ReadonlyMap<string, Backend> = new Map();
  #list: readonly Backend[] = [];
  #filters: ReadonlyMap<string, BackendFilter>;
  #lastChange: Promise<unknown> = Promise.resolve();
  /** Registered ones that are not to be used, by their URLs. */
  readonly #leftOut = new Set<string>();
  /** How often somebody has said that others may be registered, and which of these the last reading was for. */
  #said = 0;
  #readFor = 0;
  readonly #untilRead = new Set<() => void>();

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly spool: Spool,
    @InjectMetric(BACKENDS) private readonly count: Gauge,
    private readonly logger: Logger,
  ) {
    super();
    if (this.#isShared) this.#said = 1;
    const backends = toBackends(config.staticBackendUrls, 'static');
    this.#filters = config.staticBackendFilters;
    this.#replace(new Map(backends.map((backend) => [backend.key, backend])));
  }

  /** Who may no longer register backends no longer has any; who may no longer have local ones is left without these. */
  async onModuleInit(): Promise<void> {
    if (!this.#isShared) return;
    this.spool.watch(({ kind }) => {
      if (kind !== 'backends') return;
      this.#said += 1;
      void this.#oneAtATime(() => this.#readRegistered());
    });
    await this.#oneAtATime(() => this.#readRegistered());
  }

  /** Resolves once it is known what is registered, also by others: until then nobody knows that a backend is not. */
  untilRead(): Promise<void> {
    return this.#readFor === this.#said
      ? Promise.resolve()
      : new Promise((resolve) => this.#untilRead.add(resolve));
  }

  /** Whether backends can be registered by another process, or were by an earlier one. */
  get #isShared(): boolean {
    return this.config.dynamicBackendsEnabled && this.spool.keeps;
  }

  /** Takes over what is registered, by whichever process. */
  async #readRegistered(): Promise<void> {
    if (this.spool.fault !== undefined) return;
    const said = this.#said;
    let urls: readonly string[];
    let filters: ReadonlyMap<string, BackendFilter>;
    try {
      urls = await this.spool.registeredBackends();
      filters = await filtersIn(this.spool);
    } catch (error) {
      this.logger.warn({ why: String(error) }, 'cannot read which backends are registered');
      return;
    }
    const registered = new Map(toBackends(urls, 'registered').map((backend) => [backend.key, backend]));
    for (const backend of this.#list) {
      if (backend.origin === 'registered' && !registered.has(backend.key)) this.#drop(backend);
    }
    for (const key of registered.keys()) {
      if (this.get(key)?.origin !== 'static') this.#setFilter(key, filters.get(key));
    }
    for (const backend of registered.values()) if (!this.has(backend)) this.#addUnlessRefused(backend);
    this.#readFor = said;
    if (said !== this.#said) return;
    for (const resolve of this.#untilRead) resolve();
    this.#untilRead.clear();
  }

  #addUnlessRefused(backend: Backend): void {
    const why = this.#whyNot(backend);
    if (why === undefined) this.#add(backend);
    else if (!this.#leftOut.has(backend.url)) {
      this.#leftOut.add(backend.url);
      this.logger.warn({ backend: backend.url, why }, 'registered backend is left out');
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

  /** By key of the backend; one without gets every webhook. */
  get filters(): ReadonlyMap<string, BackendFilter> {
    return this.#filters;
  }

  /**
   * Of a backend that is there already, only the filter can change, and that of one of the environment cannot.
   * @param filter `undefined`: as it is; `null`: none
   * @throws SprayproxyError `spool-failed`: nothing has changed, or it is not registered.
   */
  register(backend: Backend, filter?: BackendFilter | null): Promise<Registered> {
    return this.#oneAtATime(async () => {
      const { key } = backend;
      const known = this.get(key);
      const wanted = filter ?? undefined;
      if (known !== undefined && (filter === undefined || BackendFilter.same(this.#filters.get(key), wanted)))
        return 'known';
      if (known?.origin === 'static') return 'fixed';
      if (known === undefined && this.#countOf('registered') >= MAX_REGISTERED_BACKENDS) return 'full';
      // First: who reads that there is a backend is to find its filter. And there may be one of an earlier backend.
      await keepFilter(this.spool, key, wanted);
      await this.spool.keepBackend((known ?? backend).url);
      this.#setFilter(key, wanted);
      if (known !== undefined) return 'changed';
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
      // Another process may have registered it a moment ago.
      if (!this.#byKey.has(key) && this.spool.remembers) await this.#readRegistered();
      const backend = this.#byKey.get(key);
      if (backend === undefined || (only !== undefined && backend !== only)) return undefined;
      if (backend.origin === 'registered') {
        await keepFilter(this.spool, key, undefined);
        await this.spool.forgetBackend(backend.url);
      }
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
    this.#setFilter(backend.key, undefined);
    this.emit('removed', backend);
    return backend;
  }

  #setFilter(key: string, filter: BackendFilter | undefined): void {
    if (filter === undefined && !this.#filters.has(key)) return;
    const filters = new Map(this.#filters);
    if (filter === undefined) filters.delete(key);
    else filters.set(key, filter);
    this.#filters = filters;
  }

  #replace(byKey: ReadonlyMap<string, Backend>): void {
    this.#byKey = byKey;
    this.#list = [...byKey.values()];
    this.spool.announce([...byKey.keys()]);
    for (const origin of ['static', 'registered'] as const) this.count.set({ origin }, this.#countOf(origin));
  }

  #countOf(origin: BackendOrigin): number {
    return this.#list.filter((backend) => backend.origin === origin).length;
  }
}
