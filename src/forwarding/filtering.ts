import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter } from 'prom-client';

import { BackendRegistry } from '../backends/backend-registry.js';
import { FORWARDS_FILTERED } from '../metrics/names.js';
import { MetricsServer } from '../metrics/server.js';
import { type Backend } from '../model/backend.js';
import { type FilterKey } from '../model/backend-filter.js';
import { type Delivery } from '../model/delivery.js';
import { repositoryOf } from '../model/repository-of.js';

/** A backend whose filter leaves a delivery out, and the list that it is not in. */
export interface Filtered {
  readonly backend: Backend;
  readonly by: FilterKey;
}

/** Tells the backends that a delivery is for from those whose filter leaves it out, which it counts. */
@Injectable()
export class Filtering {
  constructor(
    private readonly registry: BackendRegistry,
    metricsServer: MetricsServer,
    @InjectMetric(FORWARDS_FILTERED) private readonly count: Counter,
  ) {
    // As others whose labels are known beforehand, a series begins at 0.
    metricsServer.beforeScrape(() => {
      for (const { key, host } of registry.list()) if (registry.filters.has(key)) count.inc({ host }, 0);
      return Promise.resolve();
    });
    registry.on('removed', ({ host }) => {
      if (!registry.hasHost(host)) count.remove({ host });
    });
  }

  /** Among all backends there are. */
  apply({ event, payload }: Delivery): { backends: readonly Backend[]; filtered?: readonly Filtered[] } {
    const all = this.registry.list();
    const { filters } = this.registry;
    if (filters.size === 0) return { backends: all };
    let found: { readonly repository: string | undefined } | undefined;
    // Looked for once, and only where a filter asks.
    const repository = () => (found ??= { repository: repositoryOf(payload.bytes) }).repository;
    const filtered: Filtered[] = [];
    const backends = all.filter((backend) => {
      const by = filters.get(backend.key)?.leavesOutBy(event, repository);
      if (by === undefined) return true;
      filtered.push({ backend, by });
      this.count.inc({ host: backend.host });
      return false;
    });
    return { backends, filtered };
  }
}
