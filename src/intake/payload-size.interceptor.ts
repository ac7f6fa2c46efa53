import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type ServerResponse } from 'node:http';
import { type Histogram } from 'prom-client';
import { finalize, type Observable } from 'rxjs';

import { WEBHOOK_PAYLOAD_BYTES } from '../metrics/names.js';
import { PayloadReader } from './payload-reader.js';
import { VerifiedPayload } from './verified-payload.js';
import { PAYLOAD, SIGNATURE, webhookRequest } from './webhook-request.js';

/** Reads the payload under the cap, verifying its signature on the way. Its room is given back after the answer. */
@Injectable()
export class PayloadSizeInterceptor implements NestInterceptor {
  constructor(
    private readonly reader: PayloadReader,
    @InjectMetric(WEBHOOK_PAYLOAD_BYTES) private readonly payloadBytes: Histogram,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = webhookRequest(context);
    const response = context.switchToHttp().getResponse<ServerResponse>();
    const signature = request[SIGNATURE];
    if (signature === undefined) throw new Error('the route lacks WebhookSignatureGuard');

    const { payload, room } = await this.reader.read(request, response, signature);
    try {
      request[PAYLOAD] = VerifiedPayload.verify(payload, signature, room);
      this.payloadBytes.observe(payload.length);
    } catch (error) {
      room.release();
      throw error;
    }
    return next.handle().pipe(
      finalize(() => {
        // A connection that is kept open keeps its last request.
        request[PAYLOAD] = undefined;
        room.release();
      }),
    );
  }
}
