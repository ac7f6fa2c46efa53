import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter, type Histogram } from 'prom-client';

import { OUTCOMES } from '../model/outcome.js';
import {
  ANSWER_STATUSES,
  FORWARD_RETRIES,
  HANDSHAKE_FAULTS,
  HANDSHAKES_FAILED,
  RECOVERY_RESULTS,
  RECOVERY_ROUNDS,
  REJECTION_REASONS,
  WEBHOOK_ANSWER_SECONDS,
  WEBHOOKS_REJECTED,
} from './names.js';

/**
 * Begins at 0 every series whose labels are known beforehand: one that is born at 1 has not increased, as Prometheus sees it,
 * and the first of its kind would raise no alert.
 */
@Injectable()
export class KnownSeries {
  constructor(
    @InjectMetric(HANDSHAKES_FAILED) handshakes: Counter,
    @InjectMetric(WEBHOOKS_REJECTED) rejected: Counter,
    @InjectMetric(WEBHOOK_ANSWER_SECONDS) answers: Histogram,
    @InjectMetric(FORWARD_RETRIES) retries: Counter,
    @InjectMetric(RECOVERY_ROUNDS) rounds: Counter,
  ) {
    for (const reason of HANDSHAKE_FAULTS) handshakes.inc({ reason }, 0);
    for (const reason of REJECTION_REASONS) rejected.inc({ reason }, 0);
    for (const status of ANSWER_STATUSES) answers.zero({ status });
    for (const outcome of OUTCOMES) retries.inc({ outcome }, 0);
    for (const result of RECOVERY_RESULTS) rounds.inc({ result }, 0);
  }
}
