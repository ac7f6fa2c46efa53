import { Injectable, type NestMiddleware } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type NextFunction, type Request, type Response } from 'express';
import { type Counter, type Gauge, type Histogram } from 'prom-client';

import { ANSWERED } from '../http/webhook-http-adapter.js';
import { INBOUND_REQUESTS, WEBHOOK_ANSWER_SECONDS, WEBHOOKS_IN_FLIGHT } from '../metrics/metrics.js';

/** Counts a webhook before anything can turn it away, and measures the time until its sender has an answer. */
@Injectable()
export class WebhookTelemetry implements NestMiddleware {
  constructor(
    @InjectMetric(INBOUND_REQUESTS) private readonly inbound: Counter,
    @InjectMetric(WEBHOOKS_IN_FLIGHT) private readonly inFlight: Gauge,
    @InjectMetric(WEBHOOK_ANSWER_SECONDS) private readonly answerTime: Histogram,
  ) {}

  use(_request: Request, response: Response, next: NextFunction): void {
    const startedAt = performance.now();
    this.inbound.inc();
    this.inFlight.inc();
    response.once(ANSWERED, (status: number) => {
      this.answerTime.observe({ status }, (performance.now() - startedAt) / 1000);
    });
    response.once('close', () => {
      this.inFlight.dec();
    });
    next();
  }
}
