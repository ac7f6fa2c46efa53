import { type Forward } from './forward.js';

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

/** A delivery that is not kept yet, and so has no id. */
export interface NewDelivery {
  readonly delivery: Omit<DeliveryRecord, 'id'>;
  readonly forwards: readonly Forward[];
}
