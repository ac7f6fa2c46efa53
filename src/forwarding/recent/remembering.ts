import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter, type Gauge } from 'prom-client';

import { Clock } from '../../clock/clock.js';
import { Logger } from '../../logging/logger.js';
import { DELIVERIES_NOT_REMEMBERED, REMEMBERING_LAG_SECONDS } from '../../metrics/names.js';
import { MetricsServer } from '../../metrics/server.js';
import { type Recent } from '../../model/recent.js';
import { Spool } from '../../spool/spool.js';

/** How long deliveries are gathered for one writing. */
export const GATHER_MS = 200;

const AT_ONCE = 500;
const PAUSE_AFTER_FAILURE_MS = 1000;

interface Pending {
  /** `undefined`: it is to be forgotten. */
  readonly recent: Recent | undefined;
  /** Ms of the monotonic clock. */
  readonly since: number;
}

/** Writes what is remembered to a spool that remembers for all: in batches, after the answers, awaited by nobody. */
@Injectable()
export class Remembering {
  /** By id, the oldest first. */
  readonly #pending = new Map<number, Pending>();
  #writing: Promise<void> | undefined;
  #isDue = false;

  constructor(
    private readonly spool: Spool,
    private readonly clock: Clock,
    private readonly logger: Logger,
    metricsServer: MetricsServer,
    @InjectMetric(REMEMBERING_LAG_SECONDS) lag: Gauge,
    @InjectMetric(DELIVERIES_NOT_REMEMBERED) private readonly dropped: Counter,
  ) {
    metricsServer.beforeScrape(() => {
      const [oldest] = this.#pending.values();
      lag.set(oldest === undefined ? 0 : (clock.monotonic() - oldest.since) / 1000);
      return Promise.resolve();
    });
    spool.watch(({ kind }) => {
      if (kind === 'found') this.#soon(0);
    });
  }

  /** Called with each delivery that has been written, as it was written. */
  onWritten: (recent: Recent) => void = () => undefined;

  /** @param recent what it has replaces what was to be written of that delivery before */
  add(recent: Recent): void {
    if (this.spool.remembers) this.#put(recent.id, { ...this.#pending.get(recent.id)?.recent, ...recent });
  }

  forget(id: number): void {
    if (this.spool.remembers) this.#put(id, undefined);
  }

  /** The spool has it, or there is no room to wait for that any longer. */
  drop(id: number, why: 'kept' | 'no room'): void {
    if (this.#pending.delete(id) && why === 'no room') this.dropped.inc();
  }

  /** Writes what there is. Resolves when it is written, or cannot be. */
  async flush(): Promise<void> {
    await this.#writing;
    await this.#begin();
  }

  /** One writing at a time: what is known later is to come later. */
  #begin(): Promise<void> {
    return (this.#writing ??= this.#write().finally(() => (this.#writing = undefined)));
  }

  #put(id: number, recent: Recent | undefined): void {
    const since = this.#pending.get(id)?.since ?? this.clock.monotonic();
    this.#pending.set(id, { recent, since });
    this.#soon(GATHER_MS);
  }

  #soon(ms: number): void {
    if (this.#isDue || this.#pending.size === 0) return;
    this.#isDue = true;
    this.clock.after(ms, () => {
      this.#isDue = false;
      void this.#begin();
    });
  }

  async #write(): Promise<void> {
    // Whoever tells that it is there again has this go on.
    if (this.spool.fault !== undefined) return;
    // What comes meanwhile is gathered for the next time, unless it is as much as goes at once.
    for (let left = this.#pending.size; left > 0; left -= AT_ONCE) {
      const batch = [...this.#pending.entries()].slice(0, AT_ONCE);
      const recents = batch.flatMap(([, { recent }]) => recent ?? []);
      const forgotten = batch.filter(([, { recent }]) => recent === undefined).map(([id]) => id);
      try {
        if (recents.length > 0) await this.spool.remember(recents);
        if (forgotten.length > 0) await this.spool.forget(forgotten);
      } catch (error) {
        this.logger.warn(
          { why: String(error), deliveries: this.#pending.size },
          'cannot remember deliveries',
        );
        this.#soon(PAUSE_AFTER_FAILURE_MS);
        return;
      }
      for (const [id, pending] of batch) {
        if (this.#pending.get(id) !== pending) continue;
        this.#pending.delete(id);
        if (pending.recent !== undefined) this.onWritten(pending.recent);
      }
    }
    this.#soon(GATHER_MS);
  }
}
