import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type Payload } from '../model/payload.js';
import { type Reservation } from '../inflight/inflight-budget.js';
import { type PendingSignature } from '../secrets/signature.js';

/** The bytes of a webhook as they came, whose signature has been checked: there is no other way to make one. */
export class VerifiedPayload {
  private constructor(
    readonly payload: Payload,
    /** The room it takes. */
    readonly room: Reservation,
  ) {}

  /**
   * @param signature has seen all of it.
   * @throws SprayproxyError `signature`
   */
  static verify(payload: Payload, signature: PendingSignature, room: Reservation): VerifiedPayload {
    if (!signature.matches())
      throw new SprayproxyError('signature', 'the signature does not match the payload');
    return new VerifiedPayload(payload, room);
  }
}
