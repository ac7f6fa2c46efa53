import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Gauge } from 'prom-client';

import { READY } from '../metrics/names.js';

/** Whether new webhooks are welcome. */
@Injectable()
export class Readiness {
  readonly #obstacles = new Set<string>();

  constructor(@InjectMetric(READY) private readonly gauge: Gauge) {
    gauge.set(1);
  }

  /** What stands against it, in a few words; `undefined`: nothing. */
  get obstacle(): string | undefined {
    const [first] = this.#obstacles;
    return first;
  }

  /** Falls, until all that stands against it is gone. */
  fall(obstacle: string): void {
    this.#obstacles.add(obstacle);
    this.gauge.set(0);
  }

  rise(obstacle: string): void {
    this.#obstacles.delete(obstacle);
    if (this.#obstacles.size === 0) this.gauge.set(1);
  }
}
