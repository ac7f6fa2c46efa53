import {
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  type INestApplication,
  type MiddlewareConsumer,
  Module,
  NotFoundException,
  PayloadTooLargeException,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { getToken } from '@willsoto/nestjs-prometheus';
import { json, raw, type Request, type Response } from 'express';
import { type Counter } from 'prom-client';

import { type CapturedLog, captureLog } from '../../test/support/captured-log.js';
import { listeningApp } from '../../test/support/listening-app.js';
import { newCounter, samplesOf } from '../../test/support/unregistered-metrics.js';
import { Clock, SystemClock } from '../clock/clock.js';
import { Logger } from '../logging/logger.js';
import { OutsidersLog } from '../logging/outsiders-log.js';
import { REJECTION_REASONS, WEBHOOKS_REJECTED } from '../metrics/names.js';
import { SprayproxyError, type SprayproxyErrorCode } from '../model/sprayproxy-error.js';
import { SprayproxyExceptionFilter } from './sprayproxy-exception.filter.js';

let app: INestApplication;
let url: string;
let log: CapturedLog;
let rejected: Counter;
let thrown: unknown;

@Controller()
class ThrowingController {
  @Get('thrown')
  throw(): never {
    throw thrown as Error;
  }

  @Get('begun')
  throwLate(@Req() _request: Request, @Res() response: Response): never {
    response.write('begun');
    setImmediate(() => response.end(', ended'));
    throw thrown as Error;
  }

  @Post(['json', 'raw'])
  take(): string {
    return 'taken';
  }
}

@Module({ controllers: [ThrowingController] })
class ThrowingModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(json()).forRoutes('json');
    consumer.apply(raw({ type: () => true, limit: 10 })).forRoutes('raw');
  }
}

beforeEach(async () => {
  log = captureLog();
  rejected = newCounter('reason');
  ({ app, url } = await listeningApp({
    imports: [ThrowingModule],
    providers: [
      { provide: APP_FILTER, useClass: SprayproxyExceptionFilter },
      { provide: Logger, useValue: log.logger },
      { provide: Clock, useClass: SystemClock },
      OutsidersLog,
      { provide: getToken(WEBHOOKS_REJECTED), useValue: rejected },
    ],
  }));
});

afterEach(() => app.close());

async function answerOf(path: string, init?: RequestInit) {
  const response = await fetch(url + path, init);
  return {
    status: response.status,
    text: await response.text(),
    contentType: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
  };
}

const plain = (status: number, text: string, retryAfter: string | null = null) => ({
  status,
  text,
  contentType: 'text/plain; charset=utf-8',
  retryAfter,
});

describe('an error of this program', () => {
  const retryAfter: Partial<Record<SprayproxyErrorCode, string>> = {
    overload: '10',
    'no-room': '10',
    'spool-full': '60',
    'spool-failed': '60',
    'spool-unsure': '60',
  };
  const answers: Record<SprayproxyErrorCode, [status: number, text: string, rejection: string | undefined]> =
    {
      signature: [400, 'bad request', 'signature'],
      'payload-too-large': [413, 'request body too large', 'size'],
      'payload-aborted': [400, 'bad request', 'aborted'],
      'payload-timeout': [408, 'request timeout', 'timeout'],
      'payload-malformed': [400, 'bad request', 'malformed'],
      overload: [503, 'overloaded', 'overload'],
      'forwarding-failed': [502, 'failed to proxy', undefined],
      'spool-full': [503, 'spool full', undefined],
      'spool-unsure': [503, 'spool failed', undefined],
      'spool-failed': [503, 'spool failed', undefined],
      'invalid-json-body': [400, 'please provide a valid json body', undefined],
      'invalid-backend': [400, 'the reason', undefined],
      'backend-unknown': [404, 'backend server not found in the list', undefined],
      'backend-not-paused': [404, 'backend is not paused', undefined],
      'no-spool': [409, 'the reason', undefined],
      'invalid-request': [400, 'the reason', undefined],
      'delivery-unknown': [404, 'no such delivery', undefined],
      'operation-unknown': [404, 'no such operation', undefined],
      'payload-gone': [409, 'the reason', undefined],
      'forward-conflict': [409, 'the reason', undefined],
      'no-room': [503, 'overloaded', undefined],
      'other-site': [403, 'the reason', undefined],
      'no-json': [415, 'the reason', undefined],
    };
  const table = Object.entries(answers).map(
    ([code, [status, text, rejection]]) => [code as SprayproxyErrorCode, status, text, rejection] as const,
  );

  it.each(table)('%s is answered with %d %s', async (code, status, text) => {
    thrown = new SprayproxyError(code, 'the reason');
    await expect(answerOf('/thrown')).resolves.toEqual(plain(status, text, retryAfter[code]));
  });

  it.each(table)(
    '%s is counted and logged if it turns a webhook away',
    async (code, status, _text, reason) => {
      thrown = new SprayproxyError(code, 'the reason');
      const headers = {
        'X-GitHub-Delivery': 'guid',
        'X-GitHub-Event': 'push',
        Authorization: 'Bearer hunter2',
      };
      await answerOf('/thrown', { headers });

      const counted = reason === undefined ? {} : { [`counter{reason="${reason}"}`]: 1 };
      await expect(samplesOf(rejected)).resolves.toEqual(counted);
      const line = { level: 'warn', msg: 'webhook rejected', reason, why: 'the reason', status };
      expect(log.lines()).toMatchObject(
        reason === undefined ? [] : [{ ...line, delivery: 'guid', event: 'push' }],
      );
      expect(log.text()).not.toMatch(/hunter2|authorization/i);
    },
  );

  it('knows every reason to turn a webhook away, but for what is refused before it is one', () => {
    expect(['headers', ...table.flatMap(([, , , reason]) => reason ?? [])].sort()).toEqual(
      [...REJECTION_REASONS].sort(),
    );
  });
});

describe('an error of the framework', () => {
  it.each([
    [new NotFoundException('Cannot GET /hunter2'), 404, '404 page not found'],
    [new PayloadTooLargeException('hunter2'), 413, 'request body too large'],
    [new ForbiddenException('hunter2'), 403, 'bad request'],
    [new HttpException('hunter2', 499), 499, 'bad request'],
    [new HttpException('hunter2', 500), 500, 'internal error'],
    [new HttpException('hunter2', 503), 500, 'internal error'],
  ])('%s is answered with %d %s', async (error, status, text) => {
    thrown = error;
    await expect(answerOf('/thrown')).resolves.toEqual(plain(status, text));
  });

  it.each(['/nowhere', '/thrown/', '/Thrown', '/%zz'])('%s is answered with 404', async (path) => {
    await expect(answerOf(path)).resolves.toEqual(plain(404, '404 page not found'));
    expect(log.text()).toBe('');
  });
});

describe('an error of a body parser', () => {
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    answerOf(path, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } });

  it.each([
    ['bad JSON', '/json', '{"hunter2"', {}, plain(400, 'bad request')],
    [
      'an unknown charset',
      '/json',
      '{}',
      { 'Content-Type': 'application/json; charset=x' },
      plain(415, 'bad request'),
    ],
    ['an unknown encoding', '/json', '{}', { 'Content-Encoding': 'x' }, plain(415, 'bad request')],
    ['10 bytes of 10', '/raw', 'x'.repeat(10), {}, { status: 201, text: 'taken' }],
    ['11 bytes of 10', '/raw', 'x'.repeat(11), {}, plain(413, 'request body too large')],
  ])('for %s is a client error', async (_what, path, body, headers, answer) => {
    await expect(post(path, body, headers)).resolves.toMatchObject(answer);
    expect(log.text()).toBe('');
  });
});

describe('any other error', () => {
  it.each([
    ['an Error', new Error('hunter2')],
    ['an Error with a status of no error', Object.assign(new Error('hunter2'), { status: 302 })],
    ['an Error with a status that is no number', Object.assign(new Error('hunter2'), { status: '404' })],
    ['a text', 'hunter2'],
    ['null', null],
    ['undefined', undefined],
  ])('%s is answered with 500 and logged, and nothing of it is shown', async (_what, error) => {
    thrown = error;
    await expect(answerOf('/thrown')).resolves.toEqual(plain(500, 'internal error'));
    expect(log.lines()).toMatchObject([{ level: 'error', msg: 'unexpected error' }]);
  });

  it('is logged with its message, and without the headers of the request', async () => {
    thrown = new Error('oh');
    await answerOf('/thrown', { headers: { Authorization: 'Bearer hunter2', 'X-GitHub-Delivery': 'guid' } });
    expect(log.lines()).toMatchObject([{ delivery: 'guid', err: { message: 'oh' } }]);
    expect(log.text()).not.toMatch(/hunter2|authorization/i);
  });

  it('leaves an answer alone that has begun', async () => {
    thrown = new Error('too late');
    await expect(answerOf('/begun')).resolves.toMatchObject({ status: 200, text: 'begun, ended' });
    expect(log.lines()).toMatchObject([{ msg: 'unexpected error', err: { message: 'too late' } }]);
  });
});
