import { Controller, Header, HttpCode, Post, Req, Res, UseGuards, UseInterceptors } from '@nestjs/common';
import { type ServerResponse } from 'node:http';

import { Clock } from '../clock/clock.js';
import { type Backend } from '../model/backend.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { loggedAttempt } from '../model/attempt.js';
import { type Delivery } from '../model/delivery.js';
import { type FanOutReport, FanOutService } from '../forwarding/fan-out.service.js';
import { type RequestFields, requestFields } from '../http/request-fields.js';
import { TEXT_PLAIN } from '../http/text-plain.js';
import { WEBHOOK_PATHS } from '../http/webhook-paths.js';
import { Logger } from '../logging/logger.js';
import { PayloadSizeInterceptor } from './payload-size.interceptor.js';
import { type VerifiedPayload } from './verified-payload.js';
import { ARRIVED_AT, Payload, type WebhookRequest } from './webhook-request.js';
import { WebhookSignatureGuard } from './webhook-signature.guard.js';
import { WebhookTelemetry } from './webhook-telemetry.js';

@Controller()
@UseGuards(WebhookTelemetry, WebhookSignatureGuard)
@UseInterceptors(PayloadSizeInterceptor)
export class WebhookController {
  constructor(
    private readonly fanOut: FanOutService,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Answers 202 if what a backend is still owed is in the spool.
   * @throws SprayproxyError `forwarding-failed` if a backend that should have got the delivery did not, and there is no
   *   spool; `spool-full`, `spool-failed`, `overload` if there is one and it could not take it.
   */
  @Post([...WEBHOOK_PATHS])
  @HttpCode(200)
  @Header('Content-Type', TEXT_PLAIN)
  async deliver(
    @Req() request: WebhookRequest,
    @Res({ passthrough: true }) response: ServerResponse,
    @Payload() payload: VerifiedPayload,
  ): Promise<string> {
    const startedAt = this.clock.monotonic();
    const fields = requestFields(request);
    const report = await this.fanOut.deliver(
      toDelivery(request, fields, payload, request[ARRIVED_AT] ?? startedAt),
    );
    this.#log(fields, payload.bytes.length, report, this.clock.monotonic() - startedAt);
    if (report.owed.length === 0) return 'proxied';
    if (report.fault !== undefined) throw report.fault;
    if (!report.spooled) throw new SprayproxyError('forwarding-failed', 'a backend did not get the delivery');
    response.statusCode = 202;
    return 'accepted';
  }

  #log(
    requestFields: RequestFields,
    payloadBytes: number,
    { id, attempts, owed, dead, spooled, fault, fillsGaps }: FanOutReport,
    durationMs: number,
  ): void {
    const fields = {
      ...requestFields,
      deliveryId: id,
      payloadBytes,
      durationMs: Math.round(durationMs * 10) / 10,
      fillsGaps: fillsGaps || undefined,
      backends: attempts.map(loggedAttempt),
      owed: hosts(owed.filter((backend) => !dead.includes(backend))),
      dead: hosts(dead),
      why: fault?.message,
    };
    if (spooled && owed.length > dead.length)
      this.logger.warn(fields, 'delivery accepted: what is owed is in the spool');
    else if (spooled && owed.length > 0)
      this.logger.warn(fields, 'delivery accepted: what was given up is in the spool');
    else if (owed.length > 0) this.logger.error(fields, 'delivery failed at a backend');
    else if (attempts.length === 0 && !fillsGaps)
      this.logger.warn(fields, 'delivery has nowhere to go: there is no backend');
    else this.logger.info(fields, 'delivery proxied');
  }
}

const hosts = (backends: readonly Backend[]): string[] | undefined =>
  backends.length === 0 ? undefined : backends.map(({ host }) => host);

function toDelivery(
  request: WebhookRequest,
  { event, requestId }: RequestFields,
  payload: VerifiedPayload,
  arrivedAt: number,
): Delivery {
  const guid = request.headers['x-github-delivery'];
  const { url = '' } = request;
  const queryAt = url.indexOf('?');
  return {
    guid: typeof guid === 'string' ? guid : undefined,
    event,
    requestId,
    arrivedAt,
    payload: payload.bytes,
    room: payload.room,
    query: queryAt < 0 ? '' : url.slice(queryAt + 1),
    rawHeaders: request.rawHeaders,
  };
}
