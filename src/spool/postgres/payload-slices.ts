import { type Kysely, sql } from 'kysely';

import { type Tables } from './tables.js';

/** What is in memory of a payload beside itself; in bytes. */
export const SLICE_BYTES = 1024 * 1024;

export const firstSliceOf = (payload: Buffer): Buffer => payload.subarray(0, SLICE_BYTES);

/** All slices but the first. @param onSlice is called before each, and ends it by an error */
export async function insertOtherSlices(
  db: Kysely<Tables>,
  deliveryId: number,
  payload: Buffer,
  onSlice: () => void,
): Promise<void> {
  for (let slice = 1; slice * SLICE_BYTES < payload.length; slice += 1) {
    onSlice();
    const bytes = payload.subarray(slice * SLICE_BYTES, (slice + 1) * SLICE_BYTES);
    await db.insertInto('sprayproxy_payload').values({ delivery_id: deliveryId, slice, bytes }).execute();
  }
}

/** @param payload is filled with one of its slices @returns whether it was there */
export async function readSlice(
  db: Kysely<Tables>,
  deliveryId: number,
  slice: number,
  payload: Buffer,
): Promise<boolean> {
  // The driver reads text alone; this is the shortest.
  const { rows } = await sql<{ bytes: string }>`
    SELECT encode(bytes, 'base64') AS bytes FROM sprayproxy_payload
    WHERE delivery_id = ${deliveryId} AND slice = ${slice}`.execute(db);
  const start = slice * SLICE_BYTES;
  const wanted = Math.min(SLICE_BYTES, payload.length - start);
  return payload.write(rows[0]?.bytes ?? '', start, 'base64') === wanted;
}
