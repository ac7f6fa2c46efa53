import { once } from 'node:events';

import {
  asChunk,
  LAST_CHUNK,
  type ReceivedRequest,
  useReceivedRequests,
} from '../../test/support/received-request.js';
import { SprayproxyError, type SprayproxyErrorCode } from '../model/sprayproxy-error.js';
import { readPayload } from './read-payload.js';

const CAP = 10;
const TIMEOUT_MS = 1000;
const BODY = '0123456789a';

const receive = useReceivedRequests();
const CHUNKED = { 'Transfer-Encoding': 'chunked' };

/** Reads what the sender is about to send. */
function reading({ request }: ReceivedRequest) {
  const { 'content-length': length } = request.headers;
  const seen: string[] = [];
  const payload = readPayload(request, {
    declaredBytes: length === undefined ? undefined : Number(length),
    maxBytes: CAP,
    timeoutMs: TIMEOUT_MS,
    onBytes: (bytes) => {
      seen.push(bytes.toString());
      request.emit('seen');
    },
  });
  return { payload: payload.then(String), seen };
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
      const arrival = once(received.request, 'seen');
      received.sender.write(framed(piece));
      await arrival;
    }
    received.sender.write(last);
    await expect(payload).resolves.toBe(BODY.slice(0, CAP));
    expect(seen).toEqual(pieces);
  });

  it('refuses chunks that cross the cap together, at the one that does', async () => {
    const received = await receive(CHUNKED);
    const { payload, seen } = reading(received);
    const arrival = once(received.request, 'seen');
    received.sender.write(asChunk(BODY.slice(0, CAP)));
    await arrival;
    received.sender.write(asChunk('x'));
    await expect(payload).rejects.toEqual(
      failure('payload-too-large', 'the payload is larger than 10 bytes'),
    );
    expect(seen).toEqual([BODY.slice(0, CAP)]);
  });

  it.each([
    [0, { 'Content-Length': CAP }],
    [4, { 'Content-Length': CAP }],
    [4, CHUNKED],
  ])('gives up when the sender hangs up after %d bytes of %j', async (length, headers) => {
    const received = await receive(headers);
    const { payload } = reading(received);
    if (length > 0) {
      const arrival = once(received.request, 'seen');
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

  describe('with a clock', () => {
    // Sockets need the rest of time to be real.
    beforeEach(() => {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('gives up when the time is over, however lively the sender is, and not before', async () => {
      const received = await receive({ 'Content-Length': CAP });
      const { payload, seen } = reading(received);
      const settled = jest.fn();
      payload.then(settled, settled);
      for (const ms of [0, TIMEOUT_MS - 1]) {
        await jest.advanceTimersByTimeAsync(ms);
        expect(settled).not.toHaveBeenCalled();
        const arrival = once(received.request, 'seen');
        received.sender.write('0');
        await arrival;
      }
      await jest.advanceTimersByTimeAsync(1);
      await expect(payload).rejects.toEqual(failure('payload-timeout', '2 bytes arrived within 1000 ms'));
      expect(seen).toHaveLength(2);
    });

    it.each(['whole', 'too large', 'aborted'])('leaves no timer behind a payload that is %s', async (how) => {
      const received = await receive(CHUNKED);
      const { payload } = reading(received);
      expect(jest.getTimerCount()).toBe(1);
      if (how === 'aborted') received.sender.socket.destroy();
      else received.sender.write(how === 'whole' ? LAST_CHUNK : asChunk(BODY));
      await payload.catch(() => undefined);
      expect(jest.getTimerCount()).toBe(0);
    });
  });
});
