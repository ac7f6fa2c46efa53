import { statfs } from 'node:fs/promises';

import { nearestExisting, spoolFileBytes } from '../spool/spool.module.js';
import { fault, type Finding, joined, ok, warning } from './check-result.js';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** Of what the spool may hold: as the alert has it. */
const NEARLY_FULL = 0.8;
/** Less than that is no room for long. */
const FULL = 0.99;

/** Sizes in bytes. */
export interface SpoolRoom {
  /** What this user may still write to the file system. */
  readonly free: number;
  /** What the spool's file takes now; it uses again what becomes free in it. */
  readonly file: number;
  /** What the spool holds, as its limit counts it; `undefined`: it is not known. */
  readonly held?: number | undefined;
  readonly maxSpoolBytes: number;
  readonly maxPayloadBytes: number;
}

/** Whether the spool has room left, and the disk for all that it may hold. */
export async function checkSpoolRoom(
  dir: string,
  limits: Pick<SpoolRoom, 'held' | 'maxSpoolBytes' | 'maxPayloadBytes'>,
): Promise<Finding> {
  try {
    const { bavail, bsize } = await statfs(await nearestExisting(dir));
    return judgeRoom({ free: bavail * bsize, file: await spoolFileBytes(dir), ...limits });
  } catch (error) {
    return fault(`the file system cannot be asked (${String(error)})`, 'see to that');
  }
}

export function judgeRoom(room: SpoolRoom): Finding {
  const { held, maxSpoolBytes } = room;
  return joined([...(held === undefined ? [] : [judgeHeld({ held, maxSpoolBytes })]), judgeDisk(room)]);
}

/** Whether what it holds leaves room in what it may hold. */
export function judgeHeld({ held, maxSpoolBytes }: { held: number; maxSpoolBytes: number }): Finding {
  const detail = `holds ${size(held)} of ${size(maxSpoolBytes)}`;
  const advice = 'see what is owed and dead: sprayproxy deliveries; mend its backend, or discard it';
  if (held >= FULL * maxSpoolBytes) return fault(`${detail}: it is full`, advice);
  return held > NEARLY_FULL * maxSpoolBytes ? warning(detail, advice) : ok(detail);
}

function judgeDisk({ free, file, maxSpoolBytes, maxPayloadBytes }: SpoolRoom): Finding {
  const advice = 'enlarge the disk, or lower SPRAYPROXY_SPOOL_MAX_BYTES';
  const room = free + file;
  if (room < maxPayloadBytes)
    return fault(`${size(free)} free: no room for a payload of the largest size`, advice);
  const detail = `${size(free)} free on the disk beside its file of ${size(file)}, which may become ${size(maxSpoolBytes)}`;
  return room < maxSpoolBytes ? warning(detail, advice) : ok(detail);
}

const size = (bytes: number): string =>
  bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${(bytes / MIB).toFixed(1)} MiB`;
