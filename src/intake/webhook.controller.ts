import { Controller, type OnModuleInit } from '@nestjs/common';
import { type ServerResponse } from 'node:http';

import { Pauses } from '../backends/pauses.js';
import { Clock } from '../clock/clock.js';
import { type Backend } from '../model/backend.js';
import { loggedAttempt } from '../model/attempt.js';
import { type Delivery } from '../model/delivery.js';
import { forwardHeaders } from '../forwarding/client/forward-headers.js';
import { FanOutService } from '../forwarding/fan-out.service.js';
import { type Report } from '../model/report.js';
import { Identity } from '../model/identity.js';
import { type RequestFields, requestFields } from '../http/request-fields.js';
import { Logger } from '../logging/logger.js';
import { type VerifiedPayload } from './verified-payload.js';
import { ARRIVED_AT, verifiedPayload, type WebhookRequest } from './webhook-request.js';
import { WebhookRoute } from './webhook-route.js';

@Controller()
export class WebhookController implements OnModuleInit {
  constructor(
    private readonly route: WebhookRoute,
    private readonly fanOut: FanOutService,
    private readonly pauses: Pauses,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.route.leadTo((request, response) => this.deliver(request, response));
  }

  /**
   * Answers 200, or 202 if what a backend misses is in the spool.
   * @throws SprayproxyError `forwarding-failed` if a backend that should have got the delivery did not, and there is no
   *   spool; `spool-full`, `spool-failed`, `overload` if there is one and it could not take it.
   */
  async deliver(request: WebhookRequest, response: ServerResponse): Promise<string> {
    const startedAt = this.clock.monotonic();
    const fields = requestFields(request);
    const delivery = toDelivery(request, fields, verifiedPayload(request), request[ARRIVED_AT] ?? startedAt);
    const report = await this.fanOut.deliver(delivery);
    // One that hangs up ends its half first, and nothing tells it from one that still listens.
    const heard = !response.closed && !request.socket.readableEnded;
    this.fanOut.answered(delivery, report, heard);
    this.#log(fields, report, {
      payloadBytes: delivery.payload.length,
      durationMs: Math.round((this.clock.monotonic() - startedAt) * 10) / 10,
      heard: heard ? undefined : false,
    });
    return this.#answer(report, response);
  }

  #answer(report: Report, response: ServerResponse): string {
    switch (report.kind) {
      case 'served':
        return 'proxied';
      case 'kept':
        response.statusCode = 202;
        return 'accepted';
      case 'failed':
        throw report.fault;
      default:
        return report satisfies never;
    }
  }

  readonly #isPaused = ({ key }: Backend): boolean => this.pauses.get(key) !== undefined;

  #log(requestFields: RequestFields, report: Report, measured: object): void {
    const fields = {
      ...requestFields,
      deliveryId: report.id,
      ...measured,
      fillsGaps: report.fillsGaps || undefined,
      backends: report.attempts.map(loggedAttempt),
      filtered: hosts(report.filtered ?? []),
    };
    switch (report.kind) {
      case 'served':
        if (report.attempts.length > 0) this.logger.often('info', fields, 'delivery proxied');
        else if (report.fillsGaps)
          this.logger.often('info', fields, 'redelivery sent to nobody: every backend has it');
        else if (fields.filtered !== undefined)
          this.logger.often('info', fields, 'delivery sent to nobody: every backend filters it');
        else this.logger.often('warn', fields, 'delivery has nowhere to go: there is no backend');
        return;
      case 'kept': {
        const { owed, dead } = report;
        const what = owed.length > 0 ? 'what is owed' : 'what was given up';
        this.logger.often(
          'warn',
          { ...fields, owed: hosts(owed), paused: hosts(owed.filter(this.#isPaused)), dead: hosts(dead) },
          `delivery accepted: ${what} is in the spool`,
        );
        return;
      }
      case 'failed':
        this.logger.often(
          'error',
          { ...fields, owed: hosts(report.owed), why: report.fault.message },
          'delivery failed at a backend',
        );
        return;
      default:
        return report satisfies never;
    }
  }
}

const hosts = (backends: readonly Backend[]): string[] | undefined =>
  backends.length === 0 ? undefined : backends.map(({ host }) => host);

function toDelivery(
  request: WebhookRequest,
  { event, requestId }: RequestFields,
  { payload, room }: VerifiedPayload,
  arrivedAt: number,
): Delivery {
  const header = request.headers['x-github-delivery'];
  const guid = typeof header === 'string' ? header : undefined;
  const { url = '' } = request;
  const queryAt = url.indexOf('?');
  return {
    identity: Identity.of(guid, payload),
    guid,
    event,
    requestId,
    arrivedAt,
    payload,
    room,
    query: queryAt < 0 ? '' : url.slice(queryAt + 1),
    rawHeaders: forwardHeaders(request.rawHeaders),
  };
}
