import { Controller, Header, HttpCode, Post, Req, UseGuards, UseInterceptors } from '@nestjs/common';
import { type Request } from 'express';

import { SprayproxyError } from '../errors/sprayproxy-error.js';
import { type AttemptResult, isServed } from '../forwarding/attempt.js';
import { type Delivery } from '../forwarding/delivery.js';
import { type FanOutReport, FanOutService } from '../forwarding/fan-out.service.js';
import { requestFields } from '../http/request-fields.js';
import { TEXT_PLAIN } from '../http/text-plain.js';
import { Logger } from '../logging/logger.js';
import { PayloadSizeInterceptor } from './payload-size.interceptor.js';
import { type VerifiedPayload } from './verified-payload.js';
import { Payload } from './webhook-request.js';
import { WebhookSignatureGuard } from './webhook-signature.guard.js';

@Controller()
@UseGuards(WebhookSignatureGuard)
@UseInterceptors(PayloadSizeInterceptor)
export class WebhookController {
  constructor(
    private readonly fanOut: FanOutService,
    private readonly logger: Logger,
  ) {}

  /** @throws SprayproxyError `forwarding-failed` if a backend that should have got the delivery did not. */
  @Post(['/', 'proxy'])
  @HttpCode(200)
  @Header('Content-Type', TEXT_PLAIN)
  async deliver(@Req() request: Request, @Payload() payload: VerifiedPayload): Promise<string> {
    const startedAt = performance.now();
    const delivery = toDelivery(request, payload);
    const report = await this.fanOut.deliver(delivery);
    const served = report.attempts.every(isServed);
    this.#log(request, delivery, report, served, performance.now() - startedAt);
    if (!served) throw new SprayproxyError('forwarding-failed', 'a backend did not get the delivery');
    return 'proxied';
  }

  #log(
    request: Request,
    delivery: Delivery,
    { attempts, fillsGaps }: FanOutReport,
    served: boolean,
    durationMs: number,
  ): void {
    const fields = {
      ...requestFields(request),
      payloadBytes: delivery.payload.length,
      durationMs: Math.round(durationMs * 10) / 10,
      ...(fillsGaps && { fillsGaps }),
      backends: attempts.map(logged),
    };
    if (!served) this.logger.error(fields, 'delivery failed at a backend');
    else if (attempts.length === 0 && !fillsGaps)
      this.logger.warn(fields, 'delivery has nowhere to go: there is no backend');
    else this.logger.info(fields, 'delivery proxied');
  }
}

function toDelivery(request: Request, payload: VerifiedPayload): Delivery {
  const guid = request.headers['x-github-delivery'];
  const queryAt = request.url.indexOf('?');
  return {
    guid: typeof guid === 'string' ? guid : undefined,
    payload: payload.bytes,
    query: queryAt < 0 ? '' : request.url.slice(queryAt + 1),
    rawHeaders: request.rawHeaders,
  };
}

const logged = ({ backend, durationMs, ...result }: AttemptResult) => ({
  host: backend.host,
  ...result,
  durationMs: Math.round(durationMs * 10) / 10,
});
