/**
 * Who reads a spool. The owner has the lock: it also makes sure that the engine could write. A guest leaves everything to
 * whoever may come to have the lock meanwhile.
 */
export type SpoolReader = 'owner' | 'guest';

/** What a process that reads a spool tells its parent. */
export interface SpoolReading {
  /** What is wrong with it. */
  readonly fault?: string | undefined;
  /** URLs, for a guest: the owner reads them itself. */
  readonly registeredBackends?: readonly string[];
  /** The note with their filters; for a guest. */
  readonly backendFilters?: string | undefined;
  /** What it holds, as `SPRAYPROXY_SPOOL_MAX_BYTES` counts it; for a guest. */
  readonly bytes?: number;
}
