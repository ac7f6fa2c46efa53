import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';

import { type Clock } from '../../clock/clock.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { Attempt } from './attempt.js';
import { type Connections } from './connections.js';
import { isCertain, isOfStatement, NotSent, reasonOf, verdictOf } from './database-error.js';
import { type Tables } from './tables.js';
import { Turns } from './turns.js';

/** Verbs at once; each has a connection. Whoever has none of these turns has the others. */
export const TURNS = 8;
const OTHERS = 4;
export const POOL_SIZE = TURNS + OTHERS;

const WRITES_FOR_MS = 5000;
const READS_FOR_MS = 2000;

/** Between two attempts at a verb. */
const PAUSE_MS = 100;
const MAX_PAUSE_MS = 1000;

interface Options {
  readonly connections: Connections;
  readonly clock: Clock;
  /** Hears of every failure that is the database's. */
  readonly onAway: (reason: string) => void;
  /** Why nothing works now; `undefined`: it does. */
  readonly faultOf: () => string | undefined;
  /** Whether no pooler is in between, by which a statement could get to a connection that has not prepared it. */
  readonly isDirect: () => boolean;
  /** Whether its schema is known to be one that verbs can be made on. */
  readonly isReached: () => boolean;
}

/** Does what verbs ask of the database, again and again until it has worked or their time is over. */
export class Database {
  /** For who sees to it himself that the database may be away. */
  readonly db: Kysely<Tables>;
  readonly #turns = new Turns(TURNS);

  constructor(private readonly options: Options) {
    this.db = new Kysely<Tables>({
      dialect: new PostgresDialect({ pool: poolOf(options.connections, options.isDirect) }),
    });
  }

  /**
   * @param action may be called several times, and goes on where one before it has left off
   * @param until of the monotonic clock; absent: some seconds from now
   * @throws SprayproxyError `spool-failed`, `spool-unsure`
   */
  write<T>(action: (attempt: Attempt) => Promise<T>, until?: number): Promise<T> {
    return this.#run(action, WRITES_FOR_MS, until);
  }

  read<T>(action: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#run(({ db }) => action(db), READS_FOR_MS);
  }

  close(): Promise<void> {
    return this.db.destroy();
  }

  async #run<T>(action: (attempt: Attempt) => Promise<T>, forMs: number, wantedUntil?: number): Promise<T> {
    let until = wantedUntil ?? this.options.clock.monotonic() + forMs;
    let isPatient = wantedUntil === undefined;
    let isUnsure = false;
    let reason = this.options.faultOf() ?? 'it does not answer in time';
    for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      const progress: Progress = isPatient ? { patientForMs: forMs } : {};
      isPatient = false;
      try {
        return await this.#beforeItIsOver(until, progress, () => this.#attempt(action, isUnsure, progress));
      } catch (error) {
        if (error instanceof SprayproxyError) throw error;
        const isLate = error === LATE;
        progress.attempt?.giveUp();
        if (progress.attempt?.mayHaveWritten === true && (isLate || !isCertain(error))) isUnsure = true;
        if (progress.until !== undefined) until = progress.until;
        if (!isLate) reason = reasonOf(error);
        const verdict = isLate ? 'passing' : verdictOf(error);
        if (verdict === 'away') this.options.onAway(reason);
        const isLast = isLate || verdict === 'refused' || this.options.clock.monotonic() + pauseMs >= until;
        if (isLast) throw isUnsure ? unsure(reason) : failed(reason);
        await new Promise<void>((resolve) => this.options.clock.after(pauseMs, resolve));
      }
    }
  }

  async #attempt<T>(
    action: (attempt: Attempt) => Promise<T>,
    isAgain: boolean,
    progress: Progress,
  ): Promise<T> {
    const giveBack = await this.#turns.take();
    try {
      if (progress.isLate === true) throw LATE;
      const { patientForMs } = progress;
      if (patientForMs !== undefined) progress.until ??= this.options.clock.monotonic() + patientForMs;
      if (!this.options.isReached()) throw new NotSent(this.options.faultOf());
      return await this.db.connection().execute((db) => {
        progress.attempt = new Attempt(db, isAgain);
        if (progress.isLate === true) progress.attempt.giveUp();
        return action(progress.attempt);
      });
    } finally {
      giveBack();
    }
  }

  /** Whoever waits behind many others that get on is not late. */
  #beforeItIsOver<T>(until: number, progress: Progress, action: () => Promise<T>): Promise<T> {
    const { clock, faultOf } = this.options;
    return new Promise<T>((resolve, reject) => {
      let cancel: () => void = () => undefined;
      const waitUntil = (at: number): void => {
        cancel = clock.after(Math.max(0, at - clock.monotonic()), () => {
          const now = clock.monotonic();
          const isWaiting = progress.patientForMs !== undefined && progress.until === undefined;
          const later = isWaiting ? now + MAX_PAUSE_MS : (progress.until ?? now);
          if (later > now && faultOf() === undefined) {
            waitUntil(later);
            return;
          }
          progress.isLate = true;
          reject(LATE);
        });
      };
      waitUntil(until);
      action()
        .then(resolve, reject)
        .finally(() => {
          cancel();
        });
    });
  }
}

interface Progress {
  /** Its time is so long, and begins with its turn. */
  readonly patientForMs?: number;
  /** Monotonic; when its turn has come. */
  until?: number;
  isLate?: boolean;
  attempt?: Attempt;
}

const LATE = new Error('it does not answer in time');

const failed = (reason: string) =>
  new SprayproxyError('spool-failed', `the spool cannot be reached or written to: ${reason}`);
const unsure = (reason: string) =>
  new SprayproxyError('spool-unsure', `the spool has not said whether it was changed: ${reason}`);

/** Planning the statements that change a delivery takes the server longer than running them. Their texts are few. */
const WORTH_PREPARING = /^\s*(?:WITH made|SELECT encode)/;

const preparedNames = new Map<string, string>();

function preparedName(text: string): string | undefined {
  if (!WORTH_PREPARING.test(text)) return undefined;
  const name = preparedNames.get(text) ?? `sprayproxy_${preparedNames.size}`;
  preparedNames.set(text, name);
  return name;
}

/** A connection on which something other than a statement has failed is not used again. */
export function poolOf(connections: Connections, isDirect = () => false): PostgresPool {
  return {
    connect: async () => {
      const client = await connections.take().catch((error: unknown) => {
        throw new NotSent(error);
      });
      let isBroken = false;
      const query = async (text: string, values: readonly unknown[]) => {
        try {
          const name = isDirect() ? preparedName(text) : undefined;
          return await client.query({ text, values: [...values], ...(name !== undefined && { name }) });
        } catch (error) {
          isBroken ||= !isOfStatement(error);
          throw error;
        }
      };
      const release = () => {
        client.release(isBroken);
      };
      // There are no cursors.
      return { query: query as unknown as PostgresPoolClient['query'], release };
    },
    end: () => connections.pool.end(),
  };
}
