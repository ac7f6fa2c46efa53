import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { once } from 'node:events';
import { type Gauge, type Histogram } from 'prom-client';
import { lastValueFrom, type Observable, of, Subject, throwError } from 'rxjs';

import { configFor } from '../../test/support/config-for.js';
import {
  asChunk,
  LAST_CHUNK,
  type ReceivedRequest,
  useReceivedRequests,
} from '../../test/support/received-request.js';
import { sign } from '../../test/support/send-webhook.js';
import { newGauge, newHistogram, samplesOf } from '../../test/support/unregistered-metrics.js';
import { SystemClock } from '../clock/clock.js';
import { ArrivingBodies } from '../inflight/arriving-bodies.js';
import { InflightBudget } from '../inflight/inflight-budget.js';
import { PayloadReader } from './payload-reader.js';
import { PayloadSizeInterceptor } from './payload-size.interceptor.js';
import { HmacSignature, parseSignature, toSecretKey } from '../secrets/signature.js';
import { PAYLOAD, SIGNATURE, type WebhookRequest } from './webhook-request.js';

const CAP = 10;
const ROOM = 30;
const BODY = '01234567890';
const CHUNKED = { 'Transfer-Encoding': 'chunked' };

const receive = useReceivedRequests();
let gauge: Gauge;
let sizes: Histogram;
let budget: InflightBudget;
let interceptor: PayloadSizeInterceptor;

function setUp(readTimeout = '10s'): void {
  const config = configFor({
    SPRAYPROXY_MAX_REQUEST_SIZE: String(CAP),
    SPRAYPROXY_MAX_INFLIGHT_BYTES: String(ROOM),
    SPRAYPROXY_SERVER_READ_TIMEOUT: readTimeout,
  });
  gauge = newGauge();
  sizes = newHistogram();
  const clock = new SystemClock();
  budget = new InflightBudget(config, clock, gauge, newGauge(), newHistogram('result'));
  const reader = new PayloadReader(config, budget, new ArrivingBodies(config, budget, clock), clock);
  interceptor = new PayloadSizeInterceptor(reader, sizes);
}

beforeEach(() => {
  setUp();
});

const heldBytes = async () => (await samplesOf(gauge)).gauge;
const fillRoom = () => budget.reserve(ROOM, () => new AbortController().signal);

/** What the guard leaves on a request that says it is `body`. */
const expectBody = (received: ReceivedRequest, body: string) => {
  const expected = parseSignature(sign(body, 'secret')) as Buffer;
  const request = received.request as WebhookRequest;
  request[SIGNATURE] = new HmacSignature([toSecretKey('secret')], expected);
};

/** Runs the interceptor in front of a handler, to the end of both. */
async function intercept(
  { request, response }: ReceivedRequest,
  handle: () => Observable<unknown> = () => of('answer'),
): Promise<unknown> {
  const context = new ExecutionContextHost([request, response]);
  return lastValueFrom(await interceptor.intercept(context, { handle }));
}

describe('PayloadSizeInterceptor', () => {
  it('fails closed on a route without the guard: reads nothing, holds nothing, calls no handler', async () => {
    const received = await receive({ 'Content-Length': CAP });
    const handle = jest.fn(() => of('answer'));
    received.sender.write(BODY.slice(0, CAP));
    await expect(intercept(received, handle)).rejects.toThrow('the route lacks WebhookSignatureGuard');
    expect(handle).not.toHaveBeenCalled();
    expect(received.request.readableDidRead).toBe(false);
    expect(received.request).not.toHaveProperty([PAYLOAD]);
    await expect(heldBytes()).resolves.toBe(0);
  });

  const framings = {
    declared: { headers: (length: number) => ({ 'Content-Length': length }), framed: (body: string) => body },
    chunked: { headers: () => CHUNKED, framed: (body: string) => (body && asChunk(body)) + LAST_CHUNK },
    absent: { headers: () => ({}), framed: () => '' },
  };

  it.each([
    ['declared', 0, 0],
    ['declared', CAP - 1, CAP - 1],
    ['declared', CAP, CAP],
    ['chunked', 0, 0],
    ['chunked', CAP - 1, CAP - 1],
    ['chunked', CAP, CAP],
    ['absent', 0, 0],
  ] as const)('reads a payload, %s, of %d bytes, and holds room for %d', async (framing, length, room) => {
    const body = BODY.slice(0, length);
    const { headers, framed } = framings[framing];
    const received = await receive(headers(length));
    expectBody(received, body);
    const handler = new Subject();
    const handled = once(received.request, 'handled');
    const answer = intercept(received, () => {
      received.request.emit('handled');
      return handler;
    });
    await expect(heldBytes()).resolves.toBe(0);

    received.sender.write(framed(body));
    await handled;
    expect((received.request as WebhookRequest)[PAYLOAD]?.payload.bytes.toString()).toBe(body);
    // While it is handled, a payload holds room for its own size.
    await expect(heldBytes()).resolves.toBe(room);

    handler.next('answer');
    handler.complete();
    await expect(answer).resolves.toBe('answer');
    await expect(heldBytes()).resolves.toBe(0);
    await expect(samplesOf(sizes)).resolves.toMatchObject({ histogram_count: 1, histogram_sum: length });
  });

  it('refuses a declared length over the cap before it waits for room or reads', async () => {
    await fillRoom();
    const received = await receive({ 'Content-Length': CAP + 1, Expect: '100-continue' });
    expectBody(received, BODY);
    const writeContinue = jest.spyOn(received.response, 'writeContinue');
    await expect(intercept(received)).rejects.toMatchObject({
      code: 'payload-too-large',
      message: 'the declared payload is larger than 10 bytes',
    });
    expect(received.request.readableDidRead).toBe(false);
    expect(writeContinue).not.toHaveBeenCalled();
    await expect(heldBytes()).resolves.toBe(ROOM);
  });

  it('asks for a payload with 100 Continue, and reads it once there is room for it', async () => {
    const room = await fillRoom();
    const received = await receive({ 'Content-Length': CAP, Expect: '100-continue' });
    expectBody(received, BODY.slice(0, CAP));
    const writeContinue = jest.spyOn(received.response, 'writeContinue');
    const answer = intercept(received);
    expect(writeContinue).toHaveBeenCalledTimes(1);
    await received.sender.receive(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    const arrival = once(received.request, 'data');
    received.sender.write(BODY.slice(0, CAP));
    await arrival;
    await expect(heldBytes()).resolves.toBe(ROOM);

    room.release();
    await expect(answer).resolves.toBe('answer');
  });

  it('sends no 100 Continue to a sender that did not ask for it', async () => {
    const received = await receive({ 'Content-Length': 1 });
    expectBody(received, '0');
    const writeContinue = jest.spyOn(received.response, 'writeContinue');
    received.sender.write('0');
    await expect(intercept(received)).resolves.toBe('answer');
    expect(writeContinue).not.toHaveBeenCalled();
  });
});

describe('the room of a payload is given back', () => {
  const hangUp = ({ sender }: ReceivedRequest) => sender.socket.destroy();
  const sendRest = ({ sender, request }: ReceivedRequest) => {
    sender.write(request.headers['content-length'] === undefined ? asChunk('4567') + LAST_CHUNK : '4567');
  };
  const sendTooMuch = ({ sender }: ReceivedRequest) => {
    sender.write(asChunk(BODY.slice(4)));
  };
  const failing = () => throwError(() => new Error('the handler failed'));
  const DECLARED = { 'Content-Length': 8 };

  it.each([
    ['when its handler fails, declared', DECLARED, '01234567', sendRest, { message: 'the handler failed' }],
    ['when its handler fails, chunked', CHUNKED, '01234567', sendRest, { message: 'the handler failed' }],
    ['when its signature is wrong, declared', DECLARED, 'another', sendRest, { code: 'signature' }],
    ['when its signature is wrong, chunked', CHUNKED, 'another', sendRest, { code: 'signature' }],
    ['when its sender hangs up, declared', DECLARED, '01234567', hangUp, { code: 'payload-aborted' }],
    ['when its sender hangs up, chunked', CHUNKED, '01234567', hangUp, { code: 'payload-aborted' }],
    ['when it is too large, chunked', CHUNKED, BODY, sendTooMuch, { code: 'payload-too-large' }],
  ])('%s', async (_when, headers, signed, goOn, error) => {
    const received = await receive(headers);
    expectBody(received, signed);
    const failure = expect(intercept(received, failing)).rejects.toMatchObject(error);
    await expect(heldBytes()).resolves.toBe(0);

    const arrival = once(received.request, 'data');
    received.sender.write('Content-Length' in headers ? '0123' : asChunk('0123'));
    await arrival;
    await expect(heldBytes()).resolves.toBe('Content-Length' in headers ? 8 : CAP);
    goOn(received);
    await failure;
    await expect(heldBytes()).resolves.toBe(0);
    // Whatever was verified was handled as well, for better or worse.
    const verified = 'message' in error ? 1 : 0;
    await expect(samplesOf(sizes)).resolves.toMatchObject({ histogram_count: verified });
    expect((received.request as WebhookRequest)[PAYLOAD]).toBeUndefined();
  });

  it.each([
    ['declared', DECLARED],
    ['chunked', CHUNKED],
  ])('when it does not come in time, %s', async (_how, headers) => {
    setUp('20ms');
    const received = await receive(headers);
    expectBody(received, BODY);
    await expect(intercept(received)).rejects.toMatchObject({ code: 'payload-timeout' });
    await expect(heldBytes()).resolves.toBe(0);
  });

  it.each(['before', 'while'])('by nobody who hung up %s waiting for it', async (when) => {
    await fillRoom();
    const received = await receive({ 'Content-Length': CAP });
    expectBody(received, BODY.slice(0, CAP));
    const closed = once(received.response, 'close');
    if (when === 'before') {
      hangUp(received);
      await closed;
    }
    const answer = expect(intercept(received)).rejects.toMatchObject({ code: 'payload-aborted' });
    if (when === 'while') {
      const arrival = once(received.request, 'data');
      received.sender.write(BODY.slice(0, 4));
      await arrival;
      received.request.destroy();
    }
    await answer;
    await expect(heldBytes()).resolves.toBe(ROOM);
  });
});
