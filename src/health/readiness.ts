import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Gauge } from 'prom-client';

import { READY } from '../metrics/names.js';

/** Whether new webhooks are welcome. */
@Injectable()
export class Readiness {
  #ready = true;

  constructor(@InjectMetric(READY) private readonly gauge: Gauge) {
    gauge.set(1);
  }

  get ready(): boolean {
    return this.#ready;
  }

  fall(): void {
    this.#ready = false;
    this.gauge.set(0);
  }
}
