import { setTimeout as delay } from 'node:timers/promises';

import { type Child } from '../../testing/child.js';
import { groupRuns } from './process-tree.js';

const INTERVAL_MS = 5;
const TIMEOUT_MS = 10_000;

/**
 * Ends a process and waits until its descendants are gone as well: a killed process still gives back its memory and its
 * sockets after its parent was told, and whoever is measured next would pay for it. Waits ten seconds at most.
 */
export async function stopWholly(child: Child): Promise<void> {
  await child.stop();
  const startedAt = performance.now();
  while (groupRuns(child.pid) && performance.now() - startedAt < TIMEOUT_MS) await delay(INTERVAL_MS);
}
