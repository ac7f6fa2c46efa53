import { ForbiddenException, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { type ServerResponse } from 'node:http';
import { defer, firstValueFrom } from 'rxjs';

import { SprayproxyExceptionFilter } from '../errors/sprayproxy-exception.filter.js';
import { TEXT_PLAIN } from '../http/text-plain.js';
import { WEBHOOK_PATHS } from '../http/webhook-paths.js';
import { PayloadSizeInterceptor } from './payload-size.interceptor.js';
import { type WebhookRequest } from './webhook-request.js';
import { WebhookSignatureGuard } from './webhook-signature.guard.js';
import { WebhookTelemetry } from './webhook-telemetry.js';

/** Takes a webhook whose payload is verified; the text it resolves to is the answer. */
export type WebhookHandler = (request: WebhookRequest, response: ServerResponse) => Promise<string>;

/**
 * The way of a webhook: telemetry, guard, interceptor, handler, and the exception filter for what one of them throws. Nest's
 * router would lead it the same way, through some thirty RxJS operators, async contexts and promises a request, which take
 * a tenth of the CPU and make a third of the garbage of a whole webhook of 10 KiB.
 */
@Injectable()
export class WebhookRoute {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly telemetry: WebhookTelemetry,
    private readonly signature: WebhookSignatureGuard,
    private readonly size: PayloadSizeInterceptor,
    private readonly filter: SprayproxyExceptionFilter,
  ) {}

  /** Serves webhooks from now on. */
  leadTo(handler: WebhookHandler): void {
    const { httpAdapter } = this.adapterHost;
    for (const path of WEBHOOK_PATHS) {
      httpAdapter.post(path, (request: WebhookRequest, response: ServerResponse) =>
        this.#serve(request, response, handler),
      );
    }
  }

  async #serve(request: WebhookRequest, response: ServerResponse, handler: WebhookHandler): Promise<void> {
    const context = new ExecutionContextHost([request, response]);
    try {
      if (!this.telemetry.canActivate(context) || !this.signature.canActivate(context)) {
        throw new ForbiddenException();
      }
      const handle = () => defer(() => handler(request, response));
      const text = await firstValueFrom(await this.size.intercept(context, { handle }));
      response.setHeader('Content-Type', TEXT_PLAIN);
      this.adapterHost.httpAdapter.reply(response, text);
    } catch (error) {
      this.filter.catch(error, context);
    }
  }
}
