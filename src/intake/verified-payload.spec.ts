import { createHmac } from 'node:crypto';

import { Payload } from '../model/payload.js';
import { thrownBy } from '../../test/support/thrown-by.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { Reservation } from '../inflight/inflight-budget.js';
import { HmacSignature, toSecretKey } from '../secrets/signature.js';
import { VerifiedPayload } from './verified-payload.js';

/** A signature for `signed` that has seen `seen`. */
function signatureOf(signed: Buffer, seen: Buffer) {
  const expected = createHmac('sha256', 'secret').update(signed).digest();
  const signature = new HmacSignature([toSecretKey('secret')], expected);
  signature.update(seen);
  return signature;
}

const ROOM = new Reservation(() => undefined, 0);

describe('VerifiedPayload', () => {
  it.each([
    ['text', Buffer.from('{"zen":"Keep it logically awesome."}')],
    ['bytes that are no text', Buffer.from([0xff, 0x00, 0x80])],
    ['nothing', Buffer.alloc(0)],
  ])('is the very bytes that were signed: %s', (_what, bytes) => {
    const payload = Payload.of(bytes);
    expect(VerifiedPayload.verify(payload, signatureOf(bytes, bytes), ROOM).payload).toBe(payload);
  });

  it('cannot be had of bytes with a wrong signature', () => {
    const bytes = Buffer.from('payload');
    const error = thrownBy(() =>
      VerifiedPayload.verify(Payload.of(bytes), signatureOf(Buffer.from('other'), bytes), ROOM),
    );
    expect(error).toBeInstanceOf(SprayproxyError);
    expect(error).toMatchObject({
      code: 'signature',
      message: 'the signature does not match the payload',
    });
  });
});
