import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter, type Gauge } from 'prom-client';

import { Clock } from '../clock/clock.js';
import {
  RECOVERED,
  RECOVERY_AGE_SECONDS,
  RECOVERY_FAILED,
  RECOVERY_GIVEN_UP,
  RECOVERY_REQUESTS,
  RECOVERY_ROUNDS,
  type RecoveryResult,
} from '../metrics/names.js';
import { MetricsServer } from '../metrics/server.js';

/** Counts what the process does that recovers; of the others all is 0, so that sums over replicas are right. */
@Injectable()
export class RecoveryMetrics {
  /** Of the last good round, or since when there could have been one, by the monotonic clock; `undefined`: others recover. */
  #goodAt: number | undefined;

  constructor(
    private readonly clock: Clock,
    metricsServer: MetricsServer,
    @InjectMetric(RECOVERY_ROUNDS) private readonly rounds: Counter,
    @InjectMetric(RECOVERY_FAILED) private readonly failed: Gauge,
    @InjectMetric(RECOVERY_REQUESTS) private readonly requests: Counter,
    @InjectMetric(RECOVERED) private readonly recoveries: Counter,
    @InjectMetric(RECOVERY_GIVEN_UP) private readonly givenUp: Counter,
    @InjectMetric(RECOVERY_AGE_SECONDS) age: Gauge,
  ) {
    metricsServer.beforeScrape(() => {
      age.set(this.#goodAt === undefined ? 0 : (clock.monotonic() - this.#goodAt) / 1000);
      return Promise.resolve();
    });
  }

  /** @param isOurs whether it is this process that recovers */
  speak(isOurs: boolean): void {
    if (isOurs) this.#goodAt ??= this.clock.monotonic();
    else this.#goodAt = undefined;
    if (!isOurs) this.failing(0);
  }

  ended(result: RecoveryResult): void {
    this.rounds.inc({ result });
    if (result === 'good') this.#goodAt = this.clock.monotonic();
  }

  failing(deliveries: number): void {
    this.failed.set(deliveries);
  }

  requested(): void {
    this.requests.inc();
  }

  recovered(deliveries: number): void {
    this.recoveries.inc(deliveries);
  }

  gaveUp(): void {
    this.givenUp.inc();
  }
}
