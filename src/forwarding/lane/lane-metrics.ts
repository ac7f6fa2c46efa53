import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Gauge } from 'prom-client';

import { BackendRegistry } from '../../backends/backend-registry.js';
import { Pauses } from '../../backends/pauses.js';
import { Clock } from '../../clock/clock.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import {
  BACKEND_DOWN,
  BACKEND_PAUSED,
  FORWARDS_DEAD,
  FORWARDS_OWED,
  OLDEST_OWED_SECONDS,
  SPOOL_BYTES,
  SPOOL_MAX_BYTES,
} from '../../metrics/names.js';
import { MetricsServer } from '../../metrics/server.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { Spool } from '../../spool/spool.js';
import { LanesService } from './lanes.service.js';

/** What the spool holds and which backends are down or paused, looked up when somebody asks. */
@Injectable()
export class LaneMetrics {
  /** By key of the backend, ms since the epoch. */
  readonly #oldest = new Map<string, number>();

  constructor(
    metricsServer: MetricsServer,
    private readonly registry: BackendRegistry,
    private readonly lanes: LanesService,
    private readonly pauses: Pauses,
    private readonly spool: Spool,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    @InjectMetric(FORWARDS_OWED) private readonly owed: Gauge,
    @InjectMetric(FORWARDS_DEAD) private readonly dead: Gauge,
    @InjectMetric(OLDEST_OWED_SECONDS) private readonly oldestAge: Gauge,
    @InjectMetric(BACKEND_DOWN) private readonly down: Gauge,
    @InjectMetric(BACKEND_PAUSED) private readonly paused: Gauge,
    @InjectMetric(SPOOL_BYTES) private readonly bytes: Gauge,
    @InjectMetric(SPOOL_MAX_BYTES) private readonly maxBytes: Gauge,
  ) {
    metricsServer.beforeScrape(() => this.#update());
  }

  async #update(): Promise<void> {
    await this.#readOldest();
    // All the rest in one go: two who ask at once would add to what the other has begun.
    for (const gauge of [this.owed, this.dead, this.oldestAge, this.down, this.paused]) gauge.reset();
    // Of those who share a store one tells of each thing, so that sums are right.
    const speaks = this.spool.drains('');
    this.bytes.set(speaks ? this.spool.bytes : 0);
    this.maxBytes.set(this.spool.keeps && speaks ? this.config.maxSpoolBytes : 0);
    for (const backend of this.registry.list().filter(({ key }) => this.spool.drains(key))) {
      const labels = { host: backend.host };
      this.owed.inc(labels, 0);
      this.dead.inc(labels, 0);
      this.oldestAge.inc(labels, 0);
      const isPaused = this.pauses.get(backend.key) !== undefined;
      this.down.inc(labels, !isPaused && this.lanes.of(backend).health.down ? 1 : 0);
      this.paused.inc(labels, 0);
      // A host may have several.
      if (isPaused) this.paused.set(labels, 1);
    }
    const oldest = new Map<string, number>();
    for (const [key, { owed, dead }] of this.spool.counts()) {
      if (!this.spool.drains(key)) continue;
      const { host } = new URL(key);
      this.owed.inc({ host }, owed);
      this.dead.inc({ host }, dead);
      const since = owed > 0 ? this.#oldest.get(key) : undefined;
      const ageMs = since === undefined ? 0 : this.clock.now() - since;
      oldest.set(host, Math.max(ageMs, oldest.get(host) ?? 0));
    }
    for (const [host, ageMs] of oldest) this.oldestAge.set({ host }, ageMs / 1000);
  }

  /** When the oldest that each backend is owed was received; what the spool cannot be asked now stays as it was. */
  async #readOldest(): Promise<void> {
    const counts = this.spool.counts();
    for (const key of this.#oldest.keys()) if (!counts.has(key)) this.#oldest.delete(key);
    if (this.spool.fault !== undefined) return;
    for (const [key, { owed }] of counts) {
      if (owed === 0 || !this.spool.drains(key)) continue;
      try {
        const [first] = await this.spool.owedTo(key, 1);
        if (first !== undefined) this.#oldest.set(key, first.delivery.receivedAt);
      } catch (error) {
        if (!(error instanceof SprayproxyError)) throw error;
      }
    }
  }
}
