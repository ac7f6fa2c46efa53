import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type Forward, isOpen } from '../../model/forward.js';
import {
  BYTES_PER_DELIVERY,
  digest,
  openDatabases,
  openRoot,
  SPOOL_VERSION,
  type SpoolDatabases,
} from './layout.js';
import { type ForwardCounts, Spool } from '../spool.js';
import {
  type DeliveryRecord,
  MAX_GUID_LENGTH,
  payloadDigest,
  type StoredDelivery,
} from '../../model/stored-delivery.js';

export interface LmdbSpoolOptions {
  readonly dir: string;
  readonly maxBytes: number;
  /** Hears of every write: how long it took until it was on disk, and whether it got there. */
  readonly onWrite?: (seconds: number, ok: boolean) => void;
  /** Called when everything is on disk and the files are closed. */
  readonly onClose?: () => Promise<void>;
}

/** A spool in one directory of this machine. */
export class LmdbSpool extends Spool {
  #lastId: number;
  #bytes: number;
  readonly #counts = new Map<string, ForwardCounts>();
  readonly #db: SpoolDatabases;

  /** The directory has been inspected and locked: the engine itself would crash on a file that is no database. */
  constructor(private readonly options: LmdbSpoolOptions) {
    super();
    this.#db = openDatabases(openRoot(options.dir, false));
    const { state, owed, dead } = this.#db;
    if (state.get('version') === undefined) state.putSync('version', SPOOL_VERSION);
    this.#lastId = state.get('lastId') ?? 0;
    this.#bytes = state.get('bytes') ?? 0;
    for (const { value } of owed.getRange()) this.#count(value, { owed: 1, dead: 0 });
    for (const { value } of dead.getRange()) this.#count(value, { owed: 0, dead: 1 });
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
    const { id, guid, payloadBytes } = stored.delivery;
    const bytes = payloadBytes + BYTES_PER_DELIVERY;
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
        this.#db.deliveries.putSync(id, stored);
        this.#db.payloads.putSync(id, payload);
        if (guid !== undefined && guid.length <= MAX_GUID_LENGTH) this.#db.guids.putSync([guid, id], true);
        this.#index(id, [], stored.forwards);
        this.#db.state.putSync('bytes', (this.#db.state.get('bytes') ?? 0) + bytes);
        this.#db.state.putSync('lastId', Math.max(id, this.#db.state.get('lastId') ?? 0));
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
    beforeSeen?: (after: StoredDelivery) => void,
  ): Promise<StoredDelivery | undefined> {
    const changed = await this.#write(() => {
      const before = this.#db.deliveries.get(id);
      if (before === undefined) return undefined;
      const after: StoredDelivery = {
        delivery: before.delivery,
        forwards: before.forwards.flatMap((forward) =>
          backends === undefined || backends.includes(forward.backend) ? (change(forward) ?? []) : forward,
        ),
      };
      const stays = after.forwards.some(isOpen);
      this.#index(id, before.forwards, stays ? after.forwards : []);
      if (stays) this.#db.deliveries.putSync(id, after);
      else this.#remove(before);
      beforeSeen?.(after);
      return { before, after };
    });
    if (changed === undefined) return undefined;
    this.#left(changed.before, changed.after.forwards);
    return changed.after;
  }

  amend(
    id: number,
    { rawHeaders, query }: Pick<DeliveryRecord, 'rawHeaders' | 'query'>,
  ): Promise<StoredDelivery | undefined> {
    return this.#write(() => {
      const before = this.#db.deliveries.get(id);
      if (before === undefined) return undefined;
      const after = { ...before, delivery: { ...before.delivery, rawHeaders, query } };
      this.#db.deliveries.putSync(id, after);
      return after;
    });
  }

  async discard(id: number): Promise<StoredDelivery | undefined> {
    const discarded = await this.#write(() => {
      const stored = this.#db.deliveries.get(id);
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
    return Promise.resolve(this.#of(this.#db.owed.getKeys(range).map(([, id]) => id)));
  }

  running(): Promise<StoredDelivery[]> {
    return Promise.resolve(this.#of(this.#db.running.getKeys()));
  }

  get(id: number): Promise<StoredDelivery | undefined> {
    return Promise.resolve(this.#db.deliveries.get(id));
  }

  async payload(id: number): Promise<Buffer | undefined> {
    const stored = await this.get(id);
    if (stored === undefined) return undefined;
    const payload = this.#db.payloads.get(id);
    // Payloads are not read at start, so this is where damage to one shows.
    if (payload === undefined || payloadDigest(payload) !== stored.delivery.payloadDigest) {
      throw new SprayproxyError('payload-gone', `the payload of delivery ${id} is damaged`);
    }
    return payload;
  }

  find(guid: string): Promise<StoredDelivery[]> {
    if (guid.length > MAX_GUID_LENGTH) return Promise.resolve([]);
    const range = { start: [guid, Infinity], end: [guid, 0], reverse: true };
    return Promise.resolve(this.#of(this.#db.guids.getKeys(range).map(([, id]) => id)));
  }

  list(before: number, limit: number): Promise<StoredDelivery[]> {
    const range = { start: before - 1, end: 0, reverse: true, limit };
    return Promise.resolve([...this.#db.deliveries.getRange(range).map(({ value }) => value)]);
  }

  registeredBackends(): Promise<string[]> {
    return Promise.resolve([...this.#db.backends.getRange().map(({ value }) => value)]);
  }

  async keepBackend(url: string): Promise<void> {
    await this.#write(() => {
      this.#db.backends.putSync(digest(url), url);
    });
  }

  async forgetBackend(url: string): Promise<void> {
    await this.#write(() => this.#db.backends.removeSync(digest(url)));
  }

  async close(): Promise<void> {
    await this.#db.root.close();
    await this.options.onClose?.();
  }

  #of(ids: Iterable<number>): StoredDelivery[] {
    return [...ids].map((id) => this.#db.deliveries.get(id)).filter((stored) => stored !== undefined);
  }

  /** Resolves when what `action` has written is on disk. An action must not throw: what it wrote before would stay. */
  async #write<T>(action: () => T): Promise<T> {
    const startedAt = performance.now();
    let ok = false;
    try {
      const result = await this.#db.root.transaction(action);
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
    this.#db.deliveries.removeSync(id);
    this.#db.payloads.removeSync(id);
    if (guid !== undefined && guid.length <= MAX_GUID_LENGTH) this.#db.guids.removeSync([guid, id]);
    this.#db.state.putSync('bytes', (this.#db.state.get('bytes') ?? 0) - payloadBytes - BYTES_PER_DELIVERY);
  }

  #index(id: number, before: readonly Forward[], after: readonly Forward[]): void {
    for (const { backend, state } of before) {
      if (state === 'owed') this.#db.owed.removeSync([digest(backend), id]);
      if (state === 'dead') this.#db.dead.removeSync([digest(backend), id]);
    }
    for (const { backend, state } of after) {
      if (state === 'owed') this.#db.owed.putSync([digest(backend), id], backend);
      if (state === 'dead') this.#db.dead.putSync([digest(backend), id], backend);
    }
    if (after.some(isRunning)) this.#db.running.putSync(id, true);
    else if (before.some(isRunning)) this.#db.running.removeSync(id);
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
