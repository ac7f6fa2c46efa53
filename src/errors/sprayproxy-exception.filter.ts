import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Counter } from 'prom-client';

import { requestFields } from '../http/request-fields.js';
import { TEXT_PLAIN } from '../http/text-plain.js';
import { OutsidersLog } from '../logging/outsiders-log.js';
import { type RejectionReason, WEBHOOKS_REJECTED } from '../metrics/names.js';
import { SprayproxyError, type SprayproxyErrorCode } from '../model/sprayproxy-error.js';

export interface Answer {
  readonly status: number;
  /** Absent: the error's own message, which then must be fit for the caller. */
  readonly text?: string;
  readonly retryAfterSeconds?: number;
  /** Present: a webhook was turned away, and is counted under this reason. */
  readonly rejection?: RejectionReason;
}

/** What each error is answered with. */
export const ANSWERS: Readonly<Record<SprayproxyErrorCode, Answer>> = {
  signature: { status: 400, text: 'bad request', rejection: 'signature' },
  'payload-too-large': { status: 413, text: 'request body too large', rejection: 'size' },
  'payload-aborted': { status: 400, text: 'bad request', rejection: 'aborted' },
  'payload-timeout': { status: 408, text: 'request timeout', rejection: 'timeout' },
  'payload-malformed': { status: 400, text: 'bad request', rejection: 'malformed' },
  overload: { status: 503, text: 'overloaded', retryAfterSeconds: 10, rejection: 'overload' },
  'forwarding-failed': { status: 502, text: 'failed to proxy' },
  'spool-full': { status: 503, text: 'spool full', retryAfterSeconds: 60 },
  'spool-failed': { status: 503, text: 'spool failed', retryAfterSeconds: 60 },
  'spool-unsure': { status: 503, text: 'spool failed', retryAfterSeconds: 60 },
  'invalid-json-body': { status: 400, text: 'please provide a valid json body' },
  'invalid-backend': { status: 400 },
  'backend-unknown': { status: 404, text: 'backend server not found in the list' },
  'backend-not-paused': { status: 404, text: 'backend is not paused' },
  'no-spool': { status: 409 },
  'invalid-request': { status: 400 },
  'delivery-unknown': { status: 404, text: 'no such delivery' },
  'operation-unknown': { status: 404, text: 'no such operation' },
  'payload-gone': { status: 409 },
  'forward-conflict': { status: 409 },
  'no-room': { status: 503, text: 'overloaded', retryAfterSeconds: 10 },
  'other-site': { status: 403 },
  'no-json': { status: 415 },
};

/** The one place where an error becomes an answer. Shows nothing of the inside. */
@Catch()
export class SprayproxyExceptionFilter implements ExceptionFilter {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly log: OutsidersLog,
    @InjectMetric(WEBHOOKS_REJECTED) private readonly rejected: Counter,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<IncomingMessage>();
    const response = host.switchToHttp().getResponse<ServerResponse>();
    const { status, text, retryAfterSeconds } = this.#answerTo(error, request);
    if (response.headersSent || response.destroyed) return;
    response.setHeader('Content-Type', TEXT_PLAIN);
    if (retryAfterSeconds !== undefined) response.setHeader('Retry-After', retryAfterSeconds);
    this.adapterHost.httpAdapter.reply(response, text, status);
  }

  #answerTo(error: unknown, request: IncomingMessage): Answer {
    if (error instanceof SprayproxyError) {
      const answer = ANSWERS[error.code];
      if (answer.rejection !== undefined) {
        this.rejected.inc({ reason: answer.rejection });
        this.log.warn(
          { ...requestFields(request), reason: answer.rejection, why: error.message, status: answer.status },
          'webhook rejected',
        );
      }
      return { text: error.message, ...answer };
    }
    const status = statusOf(error);
    if (status === 404) return { status, text: '404 page not found' };
    if (status === 413) return { status, text: 'request body too large' };
    if (status < 500) return { status, text: 'bad request' };
    this.log.error({ ...requestFields(request), err: error }, 'unexpected error');
    return { status: 500, text: 'internal error' };
  }
}

/** The status that an error of the framework or of a body parser carries; 500 if it is neither. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 ? status : 500;
}
