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
    let over = false;
    const leave = () => {
      if (!over) this.inFlight.dec();
      over = true;
    };
    response.once(ANSWERED, (status: number) => {
      this.answerTime.observe({ status }, (performance.now() - startedAt) / 1000);
      leave();
    });
    // A sender that has hung up may get no answer; one that pipelined this request behind another gets no close.
    response.once('close', leave);
    next();
  }
}
