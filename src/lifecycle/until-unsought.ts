import { type Clock } from '../clock/clock.js';

/** Who has sent nothing for so long has taken notice. */
export const QUIET_MS = 1000;

/**
 * Waits for the delay, and then until no request has come for a while, but no longer than for the delay once more.
 * @param sought monotonic time of the last request
 */
export async function untilUnsought(
  sought: { readonly lastRequestAt: number },
  delayMs: number,
  clock: Clock,
): Promise<void> {
  const until = clock.monotonic() + 2 * delayMs;
  const wait = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  if (delayMs > 0) await wait(delayMs);
  for (;;) {
    const remaining = Math.min(sought.lastRequestAt + QUIET_MS, until) - clock.monotonic();
    if (remaining <= 0) return;
    await wait(remaining);
  }
}
