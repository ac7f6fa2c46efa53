import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { getToken } from '@willsoto/nestjs-prometheus';

import { Payload } from '../model/payload.js';
import { type CapturedLog, captureLog } from '../../test/support/captured-log.js';
import { listeningApp } from '../../test/support/listening-app.js';
import { newCounter } from '../../test/support/unregistered-metrics.js';
import { SprayproxyExceptionFilter } from '../errors/sprayproxy-exception.filter.js';
import { Clock, SystemClock } from '../clock/clock.js';
import { Logger } from '../logging/logger.js';
import { OutsidersLog } from '../logging/outsiders-log.js';
import { WEBHOOKS_REJECTED } from '../metrics/names.js';
import { Reservation } from '../inflight/inflight-budget.js';
import { ANY_SIGNATURE } from '../secrets/signature.js';
import { VerifiedPayload } from './verified-payload.js';
import { PAYLOAD, SIGNATURE, Verified, webhookRequest } from './webhook-request.js';

let app: INestApplication;
let url: string;
let log: CapturedLog;
const handled: unknown[] = [];

@Injectable()
class LeavesSignature implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    webhookRequest(context)[SIGNATURE] = ANY_SIGNATURE;
    return true;
  }
}

@Injectable()
class LeavesPayload implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    webhookRequest(context)[PAYLOAD] = VerifiedPayload.verify(
      Payload.of(Buffer.from('payload')),
      ANY_SIGNATURE,
      new Reservation(() => undefined, 0),
    );
    return true;
  }
}

@Controller()
class HandingController {
  @Get('bare')
  bare(@Verified() payload: VerifiedPayload): void {
    handled.push(payload);
  }

  @Get('signature')
  @UseGuards(LeavesSignature)
  withSignature(@Verified() payload: VerifiedPayload): void {
    handled.push(payload);
  }

  @Get('payload')
  @UseGuards(LeavesPayload)
  withPayload(@Verified() payload: VerifiedPayload): void {
    handled.push(payload);
  }
}

beforeEach(async () => {
  log = captureLog();
  handled.length = 0;
  ({ app, url } = await listeningApp({
    controllers: [HandingController],
    providers: [
      { provide: APP_FILTER, useClass: SprayproxyExceptionFilter },
      { provide: Logger, useValue: log.logger },
      { provide: Clock, useClass: SystemClock },
      OutsidersLog,
      { provide: getToken(WEBHOOKS_REJECTED), useValue: newCounter('reason') },
    ],
  }));
});

afterEach(() => app.close());

describe('Payload', () => {
  it('hands a handler the payload that was left on its request', async () => {
    expect((await fetch(`${url}/payload`)).status).toBe(200);
    expect((handled[0] as VerifiedPayload).payload.bytes.toString()).toBe('payload');
    expect(handled[0]).toBeInstanceOf(VerifiedPayload);
  });

  it.each([
    ['nothing', '/bare'],
    ['a signature and no payload', '/signature'],
  ])('calls no handler if the request has %s', async (_what, path) => {
    expect((await fetch(url + path)).status).toBe(500);
    expect(handled).toEqual([]);
    expect(log.lines()).toMatchObject([{ err: { message: 'the route lacks PayloadSizeInterceptor' } }]);
  });
});
