import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Gauge } from 'prom-client';

import { READY } from '../metrics/names.js';
import { Spool } from '../spool/spool.js';

/** Whether new webhooks are welcome. */
@Injectable()
export class Readiness {
  #fallen = false;

  constructor(
    @InjectMetric(READY) private readonly gauge: Gauge,
    private readonly spool: Spool,
  ) {
    this.#show();
    spool.watch(({ kind }) => {
      if (kind === 'lost' || kind === 'found') this.#show();
    });
  }

  /** Why they are not; `undefined`: they are. */
  get fault(): 'shutting down' | 'spool failed' | undefined {
    if (this.#fallen) return 'shutting down';
    return this.spool.unready === undefined ? undefined : 'spool failed';
  }

  fall(): void {
    this.#fallen = true;
    this.#show();
  }

  #show(): void {
    this.gauge.set(this.fault === undefined ? 1 : 0);
  }
}
