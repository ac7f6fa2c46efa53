/** What is noted of a delivery that GitHub is asked for. */
export interface RecoveryNote {
  /** When GitHub first failed to deliver it, ms since the epoch. */
  readonly failedAt: number;
  /** How often GitHub was asked to send it again. */
  readonly requests: number;
  /** When it was asked last, ms since the epoch. */
  readonly requestedAt: number;
  /** Id at GitHub of the attempt that was the latest then. */
  readonly latest: string;
  /** Who asked: no two notes are the same. */
  readonly by: string;
  /** It is asked for no more. */
  readonly givenUp?: true;
}

/** The name that it is noted under in the spool. */
export const recoveryNoteName = (guid: string): string => `recovery/${guid}`;

export function parseRecoveryNote(text: string | undefined): RecoveryNote | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as RecoveryNote);
}
