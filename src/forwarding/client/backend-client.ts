import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';

import { Clock } from '../../clock/clock.js';
import { type Backend } from '../../model/backend.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { printable } from '../../model/printable.js';
import { type AttemptResult } from '../../model/attempt.js';
import { BackendPools } from './backend-pools.js';
import { type Message } from '../../model/delivery.js';
import { parseRetryAfterMs } from './retry-after.js';
import { outcomeOfFailure, outcomeOfStatus } from '../../model/outcome.js';
import { type Answer, MAX_EXCERPT_BYTES } from './answer.js';
import { NoAnswerError } from './exchange.js';
import { requestHead } from './request-head.js';
import { type SocketRequest } from './socket-adapter.js';

type AxiosRequest = Parameters<HttpService['axiosRef']['request']>[0];

@Injectable()
export class BackendClient {
  constructor(
    private readonly http: HttpService,
    private readonly pools: BackendPools,
    private readonly config: SprayproxyConfig,
    private readonly clock: Clock,
  ) {}

  /** Sends a message to a backend once. A failure is a value; only a fault of this program rejects. */
  async attempt(
    backend: Backend,
    message: Message,
    timeoutMs = this.config.attemptTimeoutMs,
  ): Promise<AttemptResult> {
    const { pool, targetPrefix, proxyAuthorization } = this.pools.routeTo(backend);
    const request: AxiosRequest & SocketRequest = {
      method: 'POST',
      data: message.payload,
      timeout: timeoutMs,
      pool,
      head: requestHead(
        {
          target: targetPrefix + backend.target(message.query),
          host: backend.host,
          ...(proxyAuthorization !== undefined && { proxyAuthorization }),
        },
        message.rawHeaders,
        message.payload.length,
      ),
    };
    const startedAt = this.clock.monotonic();
    try {
      const { status, data } = await this.http.axiosRef.request<Answer>(request);
      const durationMs = this.clock.monotonic() - startedAt;
      const outcome = outcomeOfStatus(status);
      if (outcome === 'accepted') return { backend, outcome, status, durationMs };
      const answer = printable(await data.excerpt(), MAX_EXCERPT_BYTES);
      const retryAfterMs = parseRetryAfterMs(data.head.retryAfter, this.clock.now());
      return {
        backend,
        // Of an answer that broke off after its first line only a verdict is believed.
        ...(data.head.cutShort === true && outcome !== 'rejected'
          ? { outcome: 'unknown', mayRepeat: false }
          : { outcome }),
        status,
        durationMs,
        answer,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      const durationMs = this.clock.monotonic() - startedAt;
      const outcome = outcomeOfFailure(error.requestBegan);
      const why = printable(error.message, MAX_EXCERPT_BYTES);
      return {
        backend,
        outcome,
        durationMs,
        error: why,
        ...(error.answerBegan && { mayRepeat: false as const }),
      };
    }
  }
}
