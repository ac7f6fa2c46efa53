/** Why a backend is sent nothing, and until when: what it misses is owed meanwhile. */
export interface Pause {
  /** Ms since the epoch. */
  readonly since: number;
  /** When it ends by itself, ms since the epoch; absent: somebody has to end it. */
  readonly until?: number;
  /** In the words of whoever paused it. */
  readonly reason?: string;
  /** Who paused it, or changed the pause last. */
  readonly user?: string;
}

/** By key of the backend. */
export type PausesByKey = ReadonlyMap<string, Pause>;

/** The name that pauses are noted under in the spool. */
export const PAUSES_NOTE = 'pauses';

export const pausesText = (pauses: PausesByKey): string => JSON.stringify([...pauses]);

/** @param text `undefined`: nothing is noted */
export const parsePauses = (text: string | undefined): PausesByKey =>
  new Map(text === undefined ? [] : (JSON.parse(text) as [string, Pause][]));
