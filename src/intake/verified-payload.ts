import { SprayproxyError } from '../errors/sprayproxy-error.js';
import { type PendingSignature } from './signature.js';

/** The bytes of a webhook as they came, whose signature has been checked: there is no other way to make one. */
export class VerifiedPayload {
  private constructor(readonly bytes: Buffer) {}

  /**
   * @param signature has seen all of `bytes`.
   * @throws SprayproxyError `signature`
   */
  static verify(bytes: Buffer, signature: PendingSignature): VerifiedPayload {
    if (!signature.matches())
      throw new SprayproxyError('signature', 'the signature does not match the payload');
    return new VerifiedPayload(bytes);
  }
}
