import { type Selectable } from 'kysely';

import { type Forward, isKept } from '../../model/forward.js';
import { identityKey } from '../../model/identity.js';
import { inShort, type StoredDelivery } from '../../model/stored-delivery.js';
import { marksOf } from './marks.js';
import { toPgText } from './pg-text.js';
import { type DeliveryTable } from './tables.js';

/** Of what a delivery is read from. */
export const STORED_COLUMNS = [
  'id',
  'guid',
  'event',
  'repository',
  'request_id',
  'received_at',
  'query',
  'raw_headers',
  'payload_bytes',
  'payload_digest',
  'forwards',
] as const satisfies readonly (keyof DeliveryTable)[];

export type StoredRow = Pick<Selectable<DeliveryTable>, (typeof STORED_COLUMNS)[number]>;

export function storedFrom(row: StoredRow): StoredDelivery {
  return {
    delivery: {
      id: row.id,
      ...(row.guid !== null && { guid: row.guid }),
      ...(row.event !== null && { event: row.event }),
      ...(row.repository !== null && { repository: row.repository }),
      ...(row.request_id !== null && { requestId: row.request_id }),
      receivedAt: row.received_at,
      query: row.query,
      rawHeaders: row.raw_headers,
      payloadBytes: row.payload_bytes,
      payloadDigest: row.payload_digest,
    },
    // Written by `changingColumnsOf`.
    forwards: row.forwards as readonly Forward[],
  };
}

/** What a delivery is kept, or remembered, as. */
export function columnsOf(stored: StoredDelivery) {
  const { id, guid, event, repository, requestId, receivedAt, payloadBytes, payloadDigest } = stored.delivery;
  return {
    id,
    identity_key: toPgText(identityKey(guid, payloadDigest)),
    guid: textOrNull(guid),
    event: textOrNull(event),
    repository: textOrNull(repository),
    // No index takes much longer ones.
    repository_key: textOrNull(repository?.toLowerCase().slice(0, 200)),
    request_id: textOrNull(requestId),
    received_at: receivedAt,
    payload_bytes: payloadBytes,
    payload_digest: payloadDigest,
    awaited: false,
    ...changingColumnsOf(stored),
  };
}

/** Those of them that verbs change; of a delivery that is over, what is remembered. */
export function changingColumnsOf(stored: StoredDelivery) {
  const kept = stored.forwards.some(isKept);
  const { delivery, forwards } = kept ? stored : inShort(stored);
  return {
    query: toPgText(delivery.query),
    raw_headers: JSON.stringify(delivery.rawHeaders),
    forwards: JSON.stringify(forwards),
    kept,
    missed: false,
    bare: false,
    marks: marksOf(forwards),
  };
}

const textOrNull = (text: string | undefined): string | null => (text === undefined ? null : toPgText(text));
