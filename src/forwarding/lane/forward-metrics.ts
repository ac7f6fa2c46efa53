import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter, type Histogram } from 'prom-client';

import {
  FORWARD_ATTEMPT_SECONDS,
  FORWARD_ERRORS,
  type ForwardError,
  FORWARDED_REQUESTS,
  RESPONSE_TIME,
} from '../../metrics/names.js';
import { type Outcome, OUTCOMES } from '../../model/outcome.js';
import { type AttemptResult } from '../../model/attempt.js';

@Injectable()
export class ForwardMetrics {
  constructor(
    @InjectMetric(FORWARDED_REQUESTS) private readonly forwarded: Counter,
    @InjectMetric(RESPONSE_TIME) private readonly responseTime: Histogram,
    @InjectMetric(FORWARD_ATTEMPT_SECONDS) private readonly attempts: Histogram,
  ) {}

  record({ backend: { host }, outcome, status, durationMs }: AttemptResult): void {
    const seconds = durationMs / 1000;
    this.forwarded.inc({ host, error: forwardError(outcome, status) });
    this.attempts.observe({ host, outcome }, seconds);
    if (status !== undefined) this.responseTime.observe(seconds);
  }

  /** Ends the series of a host, once no backend is left there. */
  forget(host: string): void {
    for (const error of FORWARD_ERRORS) this.forwarded.remove({ host, error });
    for (const outcome of OUTCOMES) this.attempts.remove({ host, outcome });
  }
}

/** A redirect is below 400 and still a failure: the webhook was not taken. */
function forwardError(outcome: Outcome, status: number | undefined): ForwardError {
  if (outcome === 'accepted') return 'none';
  return status === undefined ? 'non-http-error' : 'http-error';
}
