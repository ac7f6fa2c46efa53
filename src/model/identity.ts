import { createHash } from 'node:crypto';

import { Payload } from './payload.js';

/** GitHub's GUIDs have 36 characters; nobody is to fill memory or an index with longer ones. */
export const MAX_GUID_LENGTH = 128;

/** SHA-256 of a payload, base64. */
export function payloadDigest(...parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('base64');
}

/** What deliveries of one identity are found by: the GUID; the digest where there is none that could be kept. */
export const identityKey = (guid: string | undefined, digest: string): string =>
  guid !== undefined && guid.length <= MAX_GUID_LENGTH ? guid : digest;

/**
 * What tells one delivery from another: its GUID and the digest of its payload. Another payload under a known GUID is
 * another delivery. The digest is made when it is needed: mostly it is not.
 */
export class Identity {
  #digest: string | undefined;

  private constructor(
    private readonly guid: string | undefined,
    private readonly payload: Payload,
    digest?: string,
  ) {
    this.#digest = digest;
  }

  static of(guid: string | undefined, payload: Payload): Identity {
    return new Identity(guid, payload);
  }

  static ofRecord({ guid, payloadDigest }: { guid?: string; payloadDigest: string }): Identity {
    return new Identity(guid, NO_PAYLOAD, payloadDigest);
  }

  get digest(): string {
    return (this.#digest ??= payloadDigest(...this.payload.parts));
  }

  get key(): string {
    return this.guid !== undefined && this.guid.length <= MAX_GUID_LENGTH ? this.guid : this.digest;
  }

  /** The same without the payload, for who keeps it for longer than that is there. */
  bare(): Identity {
    return this.payload === NO_PAYLOAD ? this : new Identity(this.guid, NO_PAYLOAD, this.digest);
  }

  equals(other: Identity): boolean {
    return this === other || (this.key === other.key && this.digest === other.digest);
  }
}

const NO_PAYLOAD = Payload.of();
