import pg from 'pg';

import { printable } from '../../model/printable.js';

/** Nothing was sent: no connection, or nobody waited for it any more. */
export class NotSent extends Error {
  constructor(override readonly cause: unknown) {
    super(reasonOf(cause));
  }
}

/** The statement was refused, and will be again. */
const REFUSED = /^(?:0A|22|23|42|44|P0)/;

/** The connection ended with it, or nobody knows what became of the transaction. */
const GONE = /^(?:08|57P|25P0[34]|40003|XX)/;

/** Somebody was in the way, or it took too long; nothing is the matter with the database. */
const PASSING: readonly (string | undefined)[] = ['40001', '40P01', '55P03', '57014'];

/**
 * What an error of the driver tells.
 * - refused: trying it again is of no use.
 * - passing: it may work at once.
 * - away: nothing works until something changes.
 */
export type Verdict = 'refused' | 'passing' | 'away';

export function verdictOf(error: unknown): Verdict {
  const code = sqlStateOf(error);
  if (code !== undefined && REFUSED.test(code)) return 'refused';
  return PASSING.includes(code) ? 'passing' : 'away';
}

/** Whether a statement that ended so has certainly changed nothing: the server said so, and has not gone since. */
export function isCertain(error: unknown): boolean {
  if (error instanceof NotSent) return true;
  const code = sqlStateOf(error);
  // A server, or a pooler, that ends the connection does not tell whether it had committed.
  return code !== undefined && !GONE.test(code);
}

/** Whether the connection may go on to be used. */
export const isOfStatement = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code !== undefined && !GONE.test(error.code);

export function sqlStateOf(error: unknown): string | undefined {
  const cause = error instanceof NotSent ? error.cause : error;
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
}

const MAX_REASON_LENGTH = 300;

/** For a log; the driver puts no password into it. */
export function reasonOf(error: unknown): string {
  if (error instanceof NotSent) return error.message;
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  const text = error instanceof Error ? error.message || error.name : String(error);
  const code = sqlStateOf(error);
  return printable(code === undefined ? text : `${text} (${code})`, MAX_REASON_LENGTH);
}
