import { Injectable } from '@nestjs/common';

import { BackendRegistry } from '../backends/backend-registry.js';
import { type Backend } from '../backends/backend.js';
import { type AttemptResult, isServed } from './attempt.js';
import { BackendClient } from './backend-client.js';
import { type Delivery } from './delivery.js';
import { forwardHeaders } from './forward-headers.js';
import { ForwardMetrics } from './forward-metrics.js';
import { GapMemory } from './gap-memory.js';

export interface FanOutReport {
  readonly attempts: readonly AttemptResult[];
  /** Whether this was GitHub's redelivery of one that some backend had not got: then those alone were tried. */
  readonly fillsGaps: boolean;
}

/** Sends a delivery to every backend that is owed it, all at once. */
@Injectable()
export class FanOutService {
  constructor(
    private readonly registry: BackendRegistry,
    private readonly client: BackendClient,
    private readonly gaps: GapMemory,
    private readonly metrics: ForwardMetrics,
  ) {
    registry.on('removed', ({ host }) => {
      if (!registry.hasHost(host)) metrics.forget(host);
    });
  }

  async deliver(delivery: Delivery): Promise<FanOutReport> {
    const owed = this.gaps.owedTo(delivery);
    const backends = this.registry.list();
    const targets = owed === undefined ? backends : backends.filter(({ key }) => owed.has(key));
    const headers = forwardHeaders(delivery.rawHeaders);
    const attempts = await Promise.all(targets.map((backend) => this.#attempt(backend, delivery, headers)));
    this.gaps.keep(
      delivery,
      new Set(attempts.filter((attempt) => !isServed(attempt)).map(({ backend }) => backend.key)),
    );
    return { attempts, fillsGaps: owed !== undefined };
  }

  async #attempt(backend: Backend, delivery: Delivery, headers: readonly string[]): Promise<AttemptResult> {
    const result = await this.client.attempt(backend, delivery, headers);
    // A backend that was unregistered meanwhile has no series any more.
    if (this.registry.hasHost(backend.host)) this.metrics.record(result);
    return result;
  }
}
