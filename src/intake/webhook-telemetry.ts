import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter, type Gauge, type Histogram } from 'prom-client';

import { Clock } from '../clock/clock.js';
import { Refusals } from '../health/refusals.js';
import { ON_ANSWER, type ObservedResponse } from '../http/webhook-http-adapter.js';
import { INBOUND_REQUESTS, WEBHOOK_ANSWER_SECONDS, WEBHOOKS_IN_FLIGHT } from '../metrics/names.js';
import { ARRIVED_AT, webhookRequest } from './webhook-request.js';

/**
 * Counts a webhook, and measures the time until its sender has an answer. A guard, because guards come first: nothing has
 * turned the webhook away yet. It lets everything pass.
 */
@Injectable()
export class WebhookTelemetry implements CanActivate {
  constructor(
    private readonly clock: Clock,
    private readonly refusals: Refusals,
    @InjectMetric(INBOUND_REQUESTS) private readonly inbound: Counter,
    @InjectMetric(WEBHOOKS_IN_FLIGHT) private readonly inFlight: Gauge,
    @InjectMetric(WEBHOOK_ANSWER_SECONDS) private readonly answerTime: Histogram,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const response = context.switchToHttp().getResponse<ObservedResponse>();
    const startedAt = this.clock.monotonic();
    webhookRequest(context)[ARRIVED_AT] = startedAt;
    this.inbound.inc();
    this.inFlight.inc();
    let over = false;
    const leave = () => {
      if (!over) this.inFlight.dec();
      over = true;
    };
    response[ON_ANSWER] = (status) => {
      this.answerTime.observe({ status }, (this.clock.monotonic() - startedAt) / 1000);
      this.refusals.answered(status);
      leave();
    };
    // A sender that has hung up may get no answer; one that pipelined this request behind another gets no close.
    response.once('close', leave);
    return true;
  }
}
