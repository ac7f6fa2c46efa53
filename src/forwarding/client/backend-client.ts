import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';

import { type Backend } from '../../model/backend.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { printable } from '../../model/printable.js';
import { type AttemptResult } from '../../model/attempt.js';
import { BackendPools } from './backend-pools.js';
import { type Message } from '../../model/delivery.js';
import { parseRetryAfterMs } from './retry-after.js';
import { outcomeOfFailure, outcomeOfStatus } from '../../model/outcome.js';
import { type Answer, MAX_EXCERPT_BYTES, NoAnswerError, type UndiciRequest } from './undici-adapter.js';

type AxiosRequest = Parameters<HttpService['axiosRef']['request']>[0];

@Injectable()
export class BackendClient {
  constructor(
    private readonly http: HttpService,
    private readonly pools: BackendPools,
    private readonly config: SprayproxyConfig,
  ) {}

  /**
   * Sends a message to a backend once. A failure is a value; only a fault of this program rejects.
   * @param rawHeaders the headers to send, names and values in turn.
   */
  async attempt(backend: Backend, message: Message, rawHeaders: readonly string[]): Promise<AttemptResult> {
    const request: AxiosRequest & UndiciRequest = {
      baseURL: backend.connectTo,
      url: backend.target(message.query),
      method: 'POST',
      data: message.payload,
      timeout: this.config.attemptTimeoutMs,
      dispatcher: this.pools.poolOf(backend),
      rawHeaders,
    };
    const startedAt = performance.now();
    try {
      const { status, data } = await this.http.axiosRef.request<Answer>(request);
      const durationMs = performance.now() - startedAt;
      const outcome = outcomeOfStatus(status);
      if (outcome === 'accepted') return { backend, outcome, status, durationMs };
      const answer = printable(await data.excerpt(), MAX_EXCERPT_BYTES);
      const retryAfterMs = parseRetryAfterMs(data.retryAfter, Date.now());
      return {
        backend,
        outcome,
        status,
        durationMs,
        answer,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      const durationMs = performance.now() - startedAt;
      const outcome = outcomeOfFailure(error.requestBegan);
      return { backend, outcome, durationMs, error: printable(error.message, MAX_EXCERPT_BYTES) };
    }
  }
}
