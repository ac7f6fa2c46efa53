import { setTimeout as delay } from 'node:timers/promises';

import { type NameLookups } from './name-lookups.js';

/** A name that takes longer to resolve counts as one that does not resolve yet. */
const LOOKUP_TIMEOUT_MS = 2000;

/** The addresses of a name; none if it does not resolve in time. */
export async function addressesInTime(names: NameLookups, hostname: string): Promise<string[]> {
  const timer = new AbortController();
  try {
    const addresses = await Promise.race([
      names.resolve(hostname),
      delay(LOOKUP_TIMEOUT_MS, [], { signal: timer.signal }),
    ]);
    return addresses.map(({ address }) => address);
  } catch {
    return [];
  } finally {
    timer.abort();
  }
}
