import { type Database, open, type RootDatabase } from 'lmdb';
import { createHash } from 'node:crypto';

import { SprayproxyError } from '../errors/sprayproxy-error.js';
import { type Forward, isOpen } from './forward.js';
import { type ForwardCounts, Spool, type StoredDelivery } from './spool.js';

/** Of the layout on disk. A spool of another version is not opened. */
export const SPOOL_VERSION = 1;

/** A delivery's record, its forwards and their index entries take about a page. */
export const BYTES_PER_DELIVERY = 4096;

/** GitHub's GUIDs have 36 characters; a longer one is not looked up by. */
const MAX_GUID_LENGTH = 128;

/** By digest of the backend's key and id of the delivery; the value is the backend's key. */
type ForwardIndex = Database<string, [string, number]>;

export interface LmdbSpoolOptions {
  readonly dir: string;
  readonly maxBytes: number;
  /** Hears of every write: how long it took until it was on disk, and whether it got there. */
  readonly onWrite?: (seconds: number, ok: boolean) => void;
}

/**
 * A spool in one directory of this machine. Payloads stand apart from the records, which change with every attempt.
 * @see https://github.com/kriszyp/lmdb-js
 */
export class LmdbSpool extends Spool {
  #lastId: number;
  #bytes: number;
  readonly #counts = new Map<string, ForwardCounts>();
  readonly #root: RootDatabase;
  readonly #state: Database<number, string>;
  readonly #deliveries: Database<StoredDelivery, number>;
  readonly #payloads: Database<Buffer, number>;
  readonly #owed: ForwardIndex;
  readonly #dead: ForwardIndex;
  readonly #running: Database<true, number>;
  readonly #guids: Database<true, [string, number]>;
  readonly #backends: Database<string, string>;

  /** The directory has been inspected and locked: the engine itself would crash on a file that is no database. */
  constructor(private readonly options: LmdbSpoolOptions) {
    super();
    this.#root = open({
      path: options.dir,
      maxDbs: 8,
      // A commit counts when it is on disk.
      overlappingSync: false,
      // Everything is written by explicit transactions; batches beside them would leave failures unhandled.
      eventTurnBatching: false,
    });
    this.#state = this.#root.openDB('state', {});
    this.#deliveries = this.#root.openDB('deliveries', {});
    this.#payloads = this.#root.openDB('payloads', { encoding: 'binary' });
    this.#owed = this.#root.openDB('owed', {});
    this.#dead = this.#root.openDB('dead', {});
    this.#running = this.#root.openDB('running', {});
    this.#guids = this.#root.openDB('guids', {});
    this.#backends = this.#root.openDB('backends', {});

    if (this.#state.get('version') === undefined) this.#state.putSync('version', SPOOL_VERSION);
    this.#lastId = this.#state.get('lastId') ?? 0;
    this.#bytes = this.#state.get('bytes') ?? 0;
    for (const { value } of this.#owed.getRange()) this.#count(value, { owed: 1, dead: 0 });
    for (const { value } of this.#dead.getRange()) this.#count(value, { owed: 0, dead: 1 });
  }

  get lastId(): number {
    return this.#lastId;
  }

  get bytes(): number {
    return this.#bytes;
  }

  counts(): ReadonlyMap<string, ForwardCounts> {
    return this.#counts;
  }

  async store(stored: StoredDelivery, payload: Buffer): Promise<void> {
    const { id, guid } = stored.delivery;
    const bytes = payload.length + BYTES_PER_DELIVERY;
    if (this.#bytes + bytes > this.options.maxBytes) {
      throw new SprayproxyError(
        'spool-full',
        `the spool holds ${this.#bytes} of ${this.options.maxBytes} bytes`,
      );
    }
    // Taken before it is written, so that many at once do not all find the same room.
    this.#bytes += bytes;
    try {
      await this.#write(() => {
        this.#deliveries.putSync(id, stored);
        this.#payloads.putSync(id, payload);
        if (guid !== undefined && guid.length <= MAX_GUID_LENGTH) this.#guids.putSync([guid, id], true);
        this.#index(id, [], stored.forwards);
        this.#state.putSync('bytes', (this.#state.get('bytes') ?? 0) + bytes);
        this.#state.putSync('lastId', Math.max(id, this.#state.get('lastId') ?? 0));
      });
    } catch (error) {
      this.#bytes -= bytes;
      throw error;
    }
    this.#lastId = Math.max(this.#lastId, id);
    this.#recount([], stored.forwards);
  }

  async update(
    id: number,
    change: (forward: Forward) => Forward | undefined,
    backends?: readonly string[],
  ): Promise<StoredDelivery | undefined> {
    const changed = await this.#write(() => {
      const before = this.#deliveries.get(id);
      if (before === undefined) return undefined;
      const after: StoredDelivery = {
        delivery: before.delivery,
        forwards: before.forwards.flatMap((forward) =>
          backends === undefined || backends.includes(forward.backend) ? (change(forward) ?? []) : forward,
        ),
      };
      this.#index(id, before.forwards, after.forwards);
      if (after.forwards.some(isOpen)) this.#deliveries.putSync(id, after);
      else this.#remove(before);
      return { before, after };
    });
    if (changed === undefined) return undefined;
    this.#left(changed.before, changed.after.forwards);
    return changed.after;
  }

  async discard(id: number): Promise<StoredDelivery | undefined> {
    const discarded = await this.#write(() => {
      const stored = this.#deliveries.get(id);
      if (stored === undefined) return undefined;
      this.#index(id, stored.forwards, []);
      this.#remove(stored);
      return stored;
    });
    if (discarded !== undefined) this.#left(discarded, []);
    return discarded;
  }

  owedTo(backend: string, limit: number, after = 0): Promise<StoredDelivery[]> {
    const range = { start: [digest(backend), after + 1], end: [digest(backend), Infinity], limit };
    return Promise.resolve(this.#of(this.#owed.getKeys(range).map(([, id]) => id)));
  }

  running(): Promise<StoredDelivery[]> {
    return Promise.resolve(this.#of(this.#running.getKeys()));
  }

  get(id: number): Promise<StoredDelivery | undefined> {
    return Promise.resolve(this.#deliveries.get(id));
  }

  payload(id: number): Promise<Buffer | undefined> {
    return Promise.resolve(this.#payloads.get(id));
  }

  find(guid: string): Promise<StoredDelivery[]> {
    if (guid.length > MAX_GUID_LENGTH) return Promise.resolve([]);
    const range = { start: [guid, Infinity], end: [guid, 0], reverse: true };
    return Promise.resolve(this.#of(this.#guids.getKeys(range).map(([, id]) => id)));
  }

  list(before: number, limit: number): Promise<StoredDelivery[]> {
    const range = { start: before - 1, end: 0, reverse: true, limit };
    return Promise.resolve([...this.#deliveries.getRange(range).map(({ value }) => value)]);
  }

  registeredBackends(): Promise<string[]> {
    return Promise.resolve([...this.#backends.getRange().map(({ value }) => value)]);
  }

  async keepBackend(url: string): Promise<void> {
    await this.#write(() => {
      this.#backends.putSync(digest(url), url);
    });
  }

  async forgetBackend(url: string): Promise<void> {
    await this.#write(() => this.#backends.removeSync(digest(url)));
  }

  close(): Promise<void> {
    return this.#root.close();
  }

  #of(ids: Iterable<number>): StoredDelivery[] {
    return [...ids].map((id) => this.#deliveries.get(id)).filter((stored) => stored !== undefined);
  }

  /** Resolves when what `action` has written is on disk. An action must not throw: what it wrote before would stay. */
  async #write<T>(action: () => T): Promise<T> {
    const startedAt = performance.now();
    let ok = false;
    try {
      const result = await this.#root.transaction(action);
      ok = true;
      return result;
    } catch (error) {
      const cause: unknown = await (error as { commitError?: Promise<never> }).commitError?.catch(
        (reason: unknown) => reason,
      );
      throw new SprayproxyError('spool-failed', `the spool cannot be written to: ${String(cause ?? error)}`);
    } finally {
      this.options.onWrite?.((performance.now() - startedAt) / 1000, ok);
    }
  }

  #remove({ delivery: { id, guid, payloadBytes } }: StoredDelivery): void {
    this.#deliveries.removeSync(id);
    this.#payloads.removeSync(id);
    if (guid !== undefined && guid.length <= MAX_GUID_LENGTH) this.#guids.removeSync([guid, id]);
    this.#state.putSync('bytes', (this.#state.get('bytes') ?? 0) - payloadBytes - BYTES_PER_DELIVERY);
  }

  #index(id: number, before: readonly Forward[], after: readonly Forward[]): void {
    for (const { backend, state } of before) {
      if (state === 'owed') this.#owed.removeSync([digest(backend), id]);
      if (state === 'dead') this.#dead.removeSync([digest(backend), id]);
    }
    for (const { backend, state } of after) {
      if (state === 'owed') this.#owed.putSync([digest(backend), id], backend);
      if (state === 'dead') this.#dead.putSync([digest(backend), id], backend);
    }
    if (after.some(isRunning)) this.#running.putSync(id, true);
    else if (before.some(isRunning)) this.#running.removeSync(id);
  }

  #left(before: StoredDelivery, forwards: readonly Forward[]): void {
    this.#recount(before.forwards, forwards);
    if (!forwards.some(isOpen)) this.#bytes -= before.delivery.payloadBytes + BYTES_PER_DELIVERY;
  }

  #recount(before: readonly Forward[], after: readonly Forward[]): void {
    const one = (state: Forward['state'], sign: number) => ({
      owed: state === 'owed' ? sign : 0,
      dead: state === 'dead' ? sign : 0,
    });
    for (const { backend, state } of before) this.#count(backend, one(state, -1));
    for (const { backend, state } of after) this.#count(backend, one(state, 1));
  }

  #count(backend: string, more: ForwardCounts): void {
    const { owed, dead } = this.#counts.get(backend) ?? { owed: 0, dead: 0 };
    const counts = { owed: owed + more.owed, dead: dead + more.dead };
    if (counts.owed === 0 && counts.dead === 0) this.#counts.delete(backend);
    else this.#counts.set(backend, counts);
  }
}

const isRunning = ({ runningSince }: Forward): boolean => runningSince !== undefined;

/** A key of a database may have less than 2 KiB, the URL of a backend more. */
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
