import { setTimeout as delay } from 'node:timers/promises';

import { watchOthers } from './machine-cpu.js';

/** Long enough for ticks of 10 ms to tell. */
const WINDOW_MS = 250;
const TIMEOUT_MS = 5000;

/** Of the machine's CPU time, of 100. */
const QUIET_PERCENT = 10;

/**
 * Waits until others leave the machine alone, the kernel among them, which after a run writes back and gives up what the
 * run has left. Waits five seconds at most: a machine others work on does not get quiet, and the report tells of that.
 */
export async function untilQuiet(): Promise<void> {
  const startedAt = performance.now();
  let others: number;
  do {
    const share = watchOthers();
    await delay(WINDOW_MS);
    others = share();
  } while (others > QUIET_PERCENT && performance.now() - startedAt < TIMEOUT_MS);
}
