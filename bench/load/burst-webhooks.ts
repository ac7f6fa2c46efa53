import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { type SignedPayload, signedPayload } from './payload.js';

/** Holds all that tells one payload from another. */
const HEAD_BYTES = 256;

export interface BurstWebhook extends SignedPayload {
  readonly guid: string;
  /** CRC-32 of the payload. */
  readonly digest: number;
}

/** Webhooks that differ, each signed, and share the memory of all but their first bytes: all together they are large. */
export function burstWebhooks(count: number, bytes: number): BurstWebhook[] {
  let tail: Buffer | undefined;
  return Array.from({ length: count }, () => {
    const guid = randomUUID();
    const { parts, headers } = signedPayload(bytes, guid);
    const payload = parts[0] as Buffer;
    tail ??= payload.subarray(HEAD_BYTES);
    return {
      guid,
      headers,
      digest: crc32(payload),
      parts: [Buffer.from(payload.subarray(0, HEAD_BYTES)), tail],
    };
  });
}
