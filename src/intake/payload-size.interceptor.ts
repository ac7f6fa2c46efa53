import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type ServerResponse } from 'node:http';
import { type Histogram } from 'prom-client';
import { finalize, type Observable } from 'rxjs';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { sendContinue } from '../http/send-continue.js';
import { WEBHOOK_PAYLOAD_BYTES } from '../metrics/names.js';
import { InflightBudget } from '../inflight/inflight-budget.js';
import { readPayload } from './read-payload.js';
import { type PendingSignature } from '../secrets/signature.js';
import { VerifiedPayload } from './verified-payload.js';
import { PAYLOAD, SIGNATURE, webhookRequest, type WebhookRequest } from './webhook-request.js';

/** Reads the payload under the cap, verifying its signature on the way. Its room is given back after the answer. */
@Injectable()
export class PayloadSizeInterceptor implements NestInterceptor {
  constructor(
    private readonly config: SprayproxyConfig,
    private readonly budget: InflightBudget,
    @InjectMetric(WEBHOOK_PAYLOAD_BYTES) private readonly payloadBytes: Histogram,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = webhookRequest(context);
    const response = context.switchToHttp().getResponse<ServerResponse>();
    const signature = request[SIGNATURE];
    if (signature === undefined) throw new Error('the route lacks WebhookSignatureGuard');

    const { maxPayloadBytes } = this.config;
    const declaredBytes = contentLength(request);
    if (declaredBytes !== undefined && declaredBytes > maxPayloadBytes) {
      throw new SprayproxyError(
        'payload-too-large',
        `the declared payload is larger than ${maxPayloadBytes} bytes`,
      );
    }

    const room = await this.budget.reserve(declaredBytes ?? maxPayloadBytes, () => hangUpSignal(response));
    try {
      sendContinue(request, response);
      const bytes = await this.#read(request, declaredBytes, signature);
      room.shrinkTo(bytes.length);
      request[PAYLOAD] = VerifiedPayload.verify(bytes, signature, room);
      this.payloadBytes.observe(bytes.length);
    } catch (error) {
      room.release();
      throw error;
    }
    return next.handle().pipe(
      finalize(() => {
        room.release();
      }),
    );
  }

  #read(
    request: WebhookRequest,
    declaredBytes: number | undefined,
    signature: PendingSignature,
  ): Promise<Buffer> {
    return readPayload(request, {
      declaredBytes,
      maxBytes: this.config.maxPayloadBytes,
      timeoutMs: this.config.readTimeoutMs,
      onBytes: (chunk) => {
        signature.update(chunk);
      },
    });
  }
}

/** `undefined` for a chunked body; Node's parser has refused a length that is not a number. */
function contentLength(request: WebhookRequest): number | undefined {
  if (request.headers['transfer-encoding'] !== undefined) return undefined;
  return Number(request.headers['content-length'] ?? 0);
}

function hangUpSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.closed) controller.abort();
  response.once('close', () => {
    controller.abort();
  });
  return controller.signal;
}
