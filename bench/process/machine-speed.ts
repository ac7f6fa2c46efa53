import { createHash } from 'node:crypto';

/** Larger than caches are: neighbours on the same hardware slow down memory first. */
const BYTES = 32 * 1024 ** 2;

const MS_PER_US = 1000;

/**
 * The CPU time, in ms, that one piece of work takes, always the same: it grows where the hardware is slower, or shared
 * with others that are not seen from here, and then so does the CPU time of whoever is measured.
 */
export function fixedWorkMs(): number {
  const memory = Buffer.alloc(BYTES, 'x');
  const before = process.cpuUsage();
  createHash('sha256').update(memory).digest();
  memory.swap64();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MS_PER_US;
}
