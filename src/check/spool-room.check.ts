import { statfs } from 'node:fs/promises';

import { nearestExisting, spoolFileBytes } from '../spool/visit-spool.js';
import { fault, type Finding, ok, warning } from './check-result.js';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** Sizes in bytes. */
export interface SpoolRoom {
  /** What this user may still write to the file system. */
  readonly free: number;
  /** What the spool's file takes now; it uses again what becomes free in it. */
  readonly file: number;
  readonly maxSpoolBytes: number;
  readonly maxPayloadBytes: number;
}

/** Whether the disk has room for all that the spool may hold. */
export async function checkSpoolRoom(
  dir: string,
  limits: Pick<SpoolRoom, 'maxSpoolBytes' | 'maxPayloadBytes'>,
): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(await nearestExisting(dir));
    return judgeRoom({ free: bavail * bsize, file: await spoolFileBytes(dir), ...limits });
  } catch (error) {
    return fault(`the file system cannot be asked (${String(error)})`, 'see to that');
  }
}

export function judgeRoom({ free, file, maxSpoolBytes, maxPayloadBytes }: SpoolRoom): Finding {
  const advice = 'enlarge the disk, or lower SPRAYPROXY_SPOOL_MAX_BYTES';
  const room = free + file;
  if (room < maxPayloadBytes)
    return fault(`${size(free)} free: no room for a payload of the largest size`, advice);
  const detail = `${size(free)} free, the spool takes ${size(file)} and may take ${size(maxSpoolBytes)}`;
  return room < maxSpoolBytes ? warning(detail, advice) : ok(detail);
}

const size = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${(bytes / MIB).toFixed(1)} MiB`;
