import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

const SHA256_SIGNATURE = /^sha256=([0-9a-fA-F]{64})$/;

/**
 * The 32 bytes of an `X-Hub-Signature-256` header; `undefined` if it is missing or malformed.
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export function parseSignature(header: string | string[] | undefined): Buffer | undefined {
  const hex = typeof header === 'string' ? SHA256_SIGNATURE.exec(header)?.[1] : undefined;
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}

export const toSecretKey = (secret: string): KeyObject => createSecretKey(secret, 'utf8');

/** The two headers GitHub signs with; SHA-1 is there for receivers of old. */
export interface SignatureHeaders {
  readonly 'X-Hub-Signature-256': string;
  readonly 'X-Hub-Signature': string;
}

export function signatureHeaders(key: KeyObject, payload: Uint8Array): SignatureHeaders {
  const hmac = (algorithm: string) => createHmac(algorithm, key).update(payload).digest('hex');
  return { 'X-Hub-Signature-256': `sha256=${hmac('sha256')}`, 'X-Hub-Signature': `sha1=${hmac('sha1')}` };
}

/** A signature that is waiting for the bytes it claims to sign. */
export interface PendingSignature {
  update(bytes: Uint8Array): void;
  /** Whether it signs all the bytes so far. Can be asked once. */
  matches(): boolean;
}

/** Expects the HMAC-SHA256 of the bytes under any one of the keys, and takes the same time whichever it is. */
export class HmacSignature implements PendingSignature {
  readonly #hmacs: readonly ReturnType<typeof createHmac>[];

  constructor(
    keys: readonly KeyObject[],
    private readonly expected: Buffer,
  ) {
    this.#hmacs = keys.map((key) => createHmac('sha256', key));
  }

  update(bytes: Uint8Array): void {
    for (const hmac of this.#hmacs) hmac.update(bytes);
  }

  matches(): boolean {
    let matched = false;
    for (const hmac of this.#hmacs) matched = timingSafeEqual(hmac.digest(), this.expected) || matched;
    return matched;
  }
}

/** Stands in where verification is switched off. */
export const ANY_SIGNATURE: PendingSignature = { update: () => undefined, matches: () => true };
