import { attemptRecord, guaranteeFor } from '../../model/attempt-record.js';
import { type Delivery } from '../../model/delivery.js';
import {
  begin,
  type DeliveryGuarantee,
  type Forward,
  newForward,
  revive,
  settle,
} from '../../model/forward.js';
import { repositoryOf } from '../../model/repository-of.js';
import { type NewDelivery, type StoredDelivery } from '../../model/stored-delivery.js';
import { type RunningAttempt } from './running-attempt.js';

export interface FannedOut {
  readonly delivery: Delivery;
  /** Ms since the epoch. */
  readonly receivedAt: number;
  /** Keys of backends. */
  readonly targets: readonly string[];
  /** Forwards to those that it is not for. */
  readonly leftOut: readonly Forward[];
  /** A target without one was not tried. */
  readonly attempts: readonly RunningAttempt[];
  /** What was known of the delivery before: it goes on. */
  readonly before?: StoredDelivery | undefined;
}

/** What is kept of a fan-out. */
export function recordOf(fannedOut: FannedOut, guarantee: DeliveryGuarantee): NewDelivery {
  const { delivery, receivedAt, targets, leftOut, attempts, before } = fannedOut;
  const byKey = new Map(attempts.map((attempt) => [attempt.backend.key, attempt]));
  const keys = new Set(targets);
  const forwards = before?.forwards ?? [...targets.map(newForward), ...leftOut];
  return {
    delivery: before === undefined ? metadataOf(delivery, receivedAt) : sentAs(delivery, before),
    forwards: forwards.map((forward) =>
      keys.has(forward.backend) ? after(revive(forward), byKey.get(forward.backend), guarantee) : forward,
    ),
  };
}

function after(forward: Forward, attempt: RunningAttempt | undefined, guarantee: DeliveryGuarantee): Forward {
  if (attempt === undefined) return forward;
  const { result, startedAt, ended } = attempt;
  if (result === undefined) return ended ? forward : begin(forward, startedAt);
  return settle(forward, attemptRecord(result, startedAt + result.durationMs), {
    guarantee: guaranteeFor(result, guarantee),
    othersGotThrough: false,
  });
}

function metadataOf(delivery: Delivery, receivedAt: number): NewDelivery['delivery'] {
  const { guid, event, requestId, payload, query, rawHeaders, identity } = delivery;
  const repository = repositoryOf(payload.bytes);
  return {
    ...(guid !== undefined && { guid }),
    ...(event !== undefined && { event }),
    ...(repository !== undefined && { repository }),
    ...(requestId !== undefined && { requestId }),
    receivedAt,
    query,
    rawHeaders,
    payloadBytes: payload.length,
    payloadDigest: identity.digest,
  };
}

/** A redelivery may be signed with another secret than the delivery was. */
function sentAs({ query, rawHeaders }: Delivery, before: StoredDelivery): NewDelivery['delivery'] {
  const { id, ...metadata } = before.delivery;
  return { ...metadata, query, rawHeaders };
}
