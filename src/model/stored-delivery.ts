import { createHash } from 'node:crypto';

import { type Forward } from './forward.js';

/** GitHub's GUIDs have 36 characters; nobody is to fill memory or an index with longer ones. */
export const MAX_GUID_LENGTH = 128;

/** What is kept of a delivery beside its payload. */
export interface DeliveryRecord {
  /** Greater for every later delivery: microseconds since the epoch, or one more than the last. */
  readonly id: number;
  /** `X-GitHub-Delivery`. */
  readonly guid?: string;
  /** `X-GitHub-Event`. */
  readonly event?: string;
  /** `owner/name`, where the payload tells. */
  readonly repository?: string;
  readonly requestId?: string;
  /** Ms since the epoch. */
  readonly receivedAt: number;
  /** Query of the request as it came, without the `?`. */
  readonly query: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly payloadBytes: number;
  /** SHA-256 of the payload, base64. */
  readonly payloadDigest: string;
}

/** A delivery and what became of it at each backend. */
export interface StoredDelivery {
  readonly delivery: DeliveryRecord;
  readonly forwards: readonly Forward[];
}

export const payloadDigest = (payload: Buffer): string =>
  createHash('sha256').update(payload).digest('base64');
