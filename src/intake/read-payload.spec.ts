import { once } from 'node:events';

import { configFor } from '../../test/support/config-for.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import {
  asChunk,
  LAST_CHUNK,
  type ReceivedRequest,
  useReceivedRequests,
} from '../../test/support/received-request.js';
import { newGauge, newHistogram, samplesOf } from '../../test/support/unregistered-metrics.js';
import { ArrivingBodies } from '../inflight/arriving-bodies.js';
import { InflightBudget } from '../inflight/inflight-budget.js';
import { SprayproxyError, type SprayproxyErrorCode } from '../model/sprayproxy-error.js';
import { readPayload } from './read-payload.js';
import { Turns } from './turns.js';

const CAP = 10;
const ROOM = 30;
const TIMEOUT_MS = 1000;
const BODY = '0123456789a';

const receive = useReceivedRequests();
const CHUNKED = { 'Transfer-Encoding': 'chunked' };

let clock: FakeClock;
let held: ReturnType<typeof newGauge>;
let bodies: ArrivingBodies;

beforeEach(() => {
  clock = new FakeClock();
  held = newGauge();
  const config = configFor({
    SPRAYPROXY_MAX_REQUEST_SIZE: String(CAP),
    SPRAYPROXY_MAX_INFLIGHT_BYTES: String(ROOM),
    SPRAYPROXY_SERVER_READ_TIMEOUT: `${TIMEOUT_MS}ms`,
  });
  const budget = new InflightBudget(config, clock, held, newGauge(), newHistogram('result'));
  bodies = new ArrivingBodies(config, budget, clock);
});

const heldBytes = async () => (await samplesOf(held)).gauge;

/** Reads what the sender is about to send. */
function reading({ request }: ReceivedRequest) {
  const { 'content-length': length } = request.headers;
  const seen: string[] = [];
  const payload = readPayload(request, {
    declaredBytes: length === undefined ? undefined : Number(length),
    maxBytes: CAP,
    signature: {
      update: (bytes) => {
        seen.push(Buffer.from(bytes).toString());
      },
      matches: () => true,
    },
    bodies,
    clock,
    turns: new Turns(),
  });
  return { payload: payload.then(({ payload: { bytes } }) => String(bytes)), seen };
}

const failure = (code: SprayproxyErrorCode, message: string) =>
  expect.objectContaining({ constructor: SprayproxyError, code, message }) as Error;

describe('readPayload', () => {
  it.each([0, 1, CAP - 1, CAP])(`reads %d bytes under a cap of ${CAP}, declared`, async (length) => {
    const received = await receive({ 'Content-Length': length });
    const { payload, seen } = reading(received);
    received.sender.write(BODY.slice(0, length));
    await expect(payload).resolves.toBe(BODY.slice(0, length));
    expect(seen.join('')).toBe(BODY.slice(0, length));
  });

  it.each([0, 1, CAP - 1, CAP])(`reads %d bytes under a cap of ${CAP}, chunked`, async (length) => {
    const received = await receive(CHUNKED);
    const { payload, seen } = reading(received);
    if (length > 0) received.sender.write(asChunk(BODY.slice(0, length)));
    received.sender.write(LAST_CHUNK);
    await expect(payload).resolves.toBe(BODY.slice(0, length));
    expect(seen.join('')).toBe(BODY.slice(0, length));
  });

  it.each([
    ['declared', { 'Content-Length': CAP + 1 }, BODY],
    ['chunked', CHUNKED, asChunk(BODY)],
  ])(
    'refuses one byte over the cap, %s, before the end and unseen by whoever hashes',
    async (_how, headers, body) => {
      const received = await receive(headers);
      const { payload, seen } = reading(received);
      received.sender.write(body);
      await expect(payload).rejects.toEqual(
        failure('payload-too-large', 'the payload is larger than 10 bytes'),
      );
      expect(seen).toEqual([]);
    },
  );

  it.each([
    ['declared', { 'Content-Length': CAP }, (piece: string) => piece, ''],
    ['chunked', CHUNKED, asChunk, LAST_CHUNK],
  ])('puts a body together that comes in pieces, %s', async (_how, headers, framed, last) => {
    const received = await receive(headers);
    const { payload, seen } = reading(received);
    const pieces = [BODY.slice(0, 1), BODY.slice(1, 5), BODY.slice(5, CAP)];
    for (const piece of pieces) {
      const arrival = once(received.request, 'data');
      received.sender.write(framed(piece));
      await arrival;
    }
    received.sender.write(last);
    await expect(payload).resolves.toBe(BODY.slice(0, CAP));
    // Hashed together.
    expect(seen).toEqual([BODY.slice(0, CAP)]);
  });

  it('refuses chunks that cross the cap together, at the one that does', async () => {
    const received = await receive(CHUNKED);
    const { payload, seen } = reading(received);
    const arrival = once(received.request, 'data');
    received.sender.write(asChunk(BODY.slice(0, CAP)));
    await arrival;
    received.sender.write(asChunk('x'));
    await expect(payload).rejects.toEqual(
      failure('payload-too-large', 'the payload is larger than 10 bytes'),
    );
    expect(seen).toEqual([]);
  });

  it.each([
    [0, { 'Content-Length': CAP }],
    [4, { 'Content-Length': CAP }],
    [4, CHUNKED],
  ])('gives up when the sender hangs up after %d bytes of %j', async (length, headers) => {
    const received = await receive(headers);
    const { payload } = reading(received);
    if (length > 0) {
      const arrival = once(received.request, 'data');
      received.sender.write('Content-Length' in headers ? '0123' : asChunk('0123'));
      await arrival;
    }
    received.sender.socket.destroy();
    await expect(payload).rejects.toEqual(
      failure('payload-aborted', `the sender hung up after ${length} bytes`),
    );
  });

  it('gives up when the request is cut off from this side', async () => {
    const received = await receive({ 'Content-Length': CAP });
    const { payload } = reading(received);
    received.request.destroy();
    await expect(payload).rejects.toEqual(failure('payload-aborted', 'the sender hung up after 0 bytes'));
  });

  it('shows nobody what comes after a refusal', async () => {
    const received = await receive(CHUNKED);
    const { payload, seen } = reading(received);
    received.sender.write(asChunk(BODY));
    await expect(payload).rejects.toMatchObject({ code: 'payload-too-large' });
    const more = once(received.request, 'data');
    received.sender.write(asChunk('x'));
    await expect(more).resolves.toEqual([Buffer.from('x')]);
    expect(seen).toEqual([]);
  });

  it('gives up at once when the sender has hung up before', async () => {
    const received = await receive({ 'Content-Length': CAP });
    received.sender.socket.destroy();
    await once(received.response, 'close');
    await expect(reading(received).payload).rejects.toEqual(
      failure('payload-aborted', 'the sender hung up after 0 bytes'),
    );
  });

  it.each([
    ['declared', { 'Content-Length': CAP }, '0'],
    ['chunked', CHUNKED, asChunk('0')],
  ])('takes no room before the first byte, %s', async (_how, headers, first) => {
    const received = await receive(headers);
    const { payload } = reading(received);
    await expect(heldBytes()).resolves.toBe(0);
    const arrival = once(received.request, 'data');
    received.sender.write(first);
    await arrival;
    await expect(heldBytes()).resolves.toBe(CAP);
    received.sender.socket.destroy();
    await expect(payload).rejects.toMatchObject({ code: 'payload-aborted' });
    await expect(heldBytes()).resolves.toBe(0);
  });

  it('gives up when the time is over, however lively the sender is, and not before', async () => {
    const received = await receive({ 'Content-Length': CAP });
    const { payload } = reading(received);
    const settled = jest.fn();
    payload.then(settled, settled);
    for (const ms of [0, TIMEOUT_MS - 100]) {
      clock.pass(ms);
      await Promise.resolve();
      expect(settled).not.toHaveBeenCalled();
      const arrival = once(received.request, 'data');
      received.sender.write('0');
      await arrival;
    }
    clock.pass(100);
    await expect(payload).rejects.toEqual(failure('payload-timeout', '2 bytes arrived within 1000 ms'));
  });

  it.each(['whole', 'too large', 'aborted'])('leaves no timer behind a payload that is %s', async (how) => {
    const received = await receive(CHUNKED);
    const { payload } = reading(received);
    expect(clock.awaited).toBe(true);
    if (how === 'aborted') received.sender.socket.destroy();
    else received.sender.write(how === 'whole' ? LAST_CHUNK : asChunk(BODY));
    await payload.catch(() => undefined);
    clock.pass(100);
    expect(clock.awaited).toBe(false);
  });
});
