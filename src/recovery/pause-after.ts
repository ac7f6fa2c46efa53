/** It is out of order for so long that looking more often is of no use; alerts come after half an hour. */
const MAX_PAUSE_MS = 15 * 60_000;

/**
 * Time until the next round, in ms.
 * @param failures rounds that have failed in a row, at least 1
 */
export const pauseAfter = (failures: number, intervalMs: number, retryAfterMs: number): number =>
  Math.max(retryAfterMs, Math.min(intervalMs * 2 ** (failures - 1), Math.max(intervalMs, MAX_PAUSE_MS)));
