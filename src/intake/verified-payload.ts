import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type Reservation } from '../inflight/inflight-budget.js';
import { type PendingSignature } from '../secrets/signature.js';

/** The bytes of a webhook as they came, whose signature has been checked: there is no other way to make one. */
export class VerifiedPayload {
  private constructor(
    readonly bytes: Buffer,
    /** The room the bytes take. */
    readonly room: Reservation,
  ) {}

  /**
   * @param signature has seen all of `bytes`.
   * @throws SprayproxyError `signature`
   */
  static verify(bytes: Buffer, signature: PendingSignature, room: Reservation): VerifiedPayload {
    if (!signature.matches())
      throw new SprayproxyError('signature', 'the signature does not match the payload');
    return new VerifiedPayload(bytes, room);
  }
}
