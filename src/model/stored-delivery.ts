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

/** As much of an answer as is remembered of a delivery that is over. */
const MAX_ANSWER_LENGTH = 256;

/** A delivery as it is remembered: without what only sending it needs, and of answers the beginning. */
export const inShort = ({ delivery, forwards }: StoredDelivery): StoredDelivery => ({
  delivery: { ...delivery, query: '', rawHeaders: [] },
  forwards: forwards.map((forward) => ({
    ...forward,
    attempts: forward.attempts.map(({ answer, error, ...attempt }) => ({
      ...attempt,
      ...(answer !== undefined && { answer: beginningOf(answer) }),
      ...(error !== undefined && { error: beginningOf(error) }),
    })),
  })),
});

/** A copy: a slice would keep the whole. */
const beginningOf = (text: string): string =>
  text.length <= MAX_ANSWER_LENGTH ? text : Buffer.from(text.slice(0, MAX_ANSWER_LENGTH)).toString();

/** Bytes of memory that a delivery takes, about. */
export function sizeOf({ forwards }: StoredDelivery): number {
  let bytes = 600;
  for (const { attempts } of forwards) {
    bytes += 160;
    for (const { answer = '', error = '' } of attempts) bytes += 120 + answer.length + error.length;
  }
  return bytes;
}
