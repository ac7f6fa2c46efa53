import { type DeliveryRecord, payloadDigest } from '../spool/spool.js';
import { type Delivery } from './delivery.js';
import { repositoryOf } from './repository-of.js';

/** @param receivedAt ms since the epoch */
export function deliveryRecord(delivery: Delivery, id: number, receivedAt: number): DeliveryRecord {
  const { guid, event, requestId, payload, query, rawHeaders } = delivery;
  const repository = repositoryOf(payload);
  return {
    id,
    ...(guid !== undefined && { guid }),
    ...(event !== undefined && { event }),
    ...(repository !== undefined && { repository }),
    ...(requestId !== undefined && { requestId }),
    receivedAt,
    query,
    rawHeaders,
    payloadBytes: payload.length,
    payloadDigest: payloadDigest(payload),
  };
}
