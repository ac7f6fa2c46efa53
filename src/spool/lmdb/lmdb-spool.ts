import { randomUUID } from 'node:crypto';

import { type Clock, SystemClock } from '../../clock/clock.js';
import {
  type AttemptRecord,
  isKept,
  isOwedAndRunning,
  type SettleRules,
  type ShownState,
} from '../../model/forward.js';
import { PAUSES_NOTE } from '../../model/pause.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type NewDelivery, type StoredDelivery } from '../../model/stored-delivery.js';
import { abandonedAmong } from '../abandoned.js';
import { KeptCounts } from '../counts.js';
import { deliveryBytes } from '../delivery-bytes.js';
import { IdSequence } from '../id-sequence.js';
import { eventsOf, SpoolListeners } from '../spool-events.js';
import { LocalSpool } from '../local-spool.js';
import { type Note } from '../notes.js';
import { type Change, type ForwardCounts, type Spool, type SpoolEvent, type StoreOptions } from '../spool.js';
import * as steps from '../steps.js';
import { DataFileWatch } from './data-file-watch.js';
import { digest, FORWARD_INDEXES, openDatabases, openRoot, type SpoolDatabases } from './layout.js';
import { LmdbReader } from './lmdb-reader.js';
import { Notes } from './notes.js';
import { addRecord, changeRecord } from './records.js';
import { Untold } from '../untold.js';
import { bringUpToDate } from './upgrade.js';
import { type OnWrite, Writer } from './writer.js';

export interface LmdbSpoolOptions {
  readonly dir: string;
  readonly maxBytes: number;
  readonly clock?: Clock;
  readonly onWrite?: OnWrite;
  /** Called when everything is on disk and the files are closed. */
  readonly onClose?: () => Promise<void>;
}

/** A spool in one directory of this machine. One process has it: whoever else has a claim is gone. */
export class LmdbSpool extends LocalSpool {
  readonly keeps = true;
  readonly holder = randomUUID();
  readonly #ids: IdSequence;
  readonly #counts = new KeptCounts();
  readonly #listeners = new SpoolListeners();
  readonly #untold = new Untold();
  readonly #databases: SpoolDatabases;
  readonly #reader: LmdbReader;
  readonly #writer: Writer;
  readonly #file: DataFileWatch;
  readonly #notes: Notes;
  #bytes: number;
  #closed: Promise<void> | undefined;

  /** The directory has been inspected and locked: the engine itself would crash on a file that is no database. */
  constructor(private readonly options: LmdbSpoolOptions) {
    super();
    const { dir, clock = new SystemClock(), onWrite } = options;
    this.#databases = openDatabases(openRoot(dir, false));
    bringUpToDate(this.#databases);
    this.#reader = new LmdbReader(this.#databases, this.#untold);
    this.#file = new DataFileWatch(dir, clock, () => {
      this.#listeners.tell([this.#file.fault === undefined ? { kind: 'found' } : { kind: 'lost' }]);
    });
    this.#writer = new Writer(this.#databases.root, () => this.#file.look(), onWrite);
    this.#notes = new Notes(this.#databases.notes, this.#writer);
    this.#ids = new IdSequence(this.#databases.state.get('lastId'));
    this.#bytes = this.#databases.state.get('bytes') ?? 0;
    for (const state of FORWARD_INDEXES) {
      for (const { value } of this.#databases[state].getRange()) this.#counts.count(value, state);
    }
    for (const { forwards } of this.#reader.running()) {
      for (const { backend } of forwards.filter(isOwedAndRunning)) this.#counts.count(backend, 'running');
    }
  }

  get fault(): string | undefined {
    return this.#file.fault;
  }

  get bytes(): number {
    return this.#bytes;
  }

  mayKnow(): boolean {
    return this.#counts.size > 0;
  }

  counts(): ReadonlyMap<string, ForwardCounts> {
    return this.#counts;
  }

  nextId(receivedAt: number): number {
    return this.#ids.next(receivedAt);
  }

  async store(
    { delivery, forwards }: NewDelivery,
    payload: Buffer,
    { id = this.nextId(delivery.receivedAt) }: StoreOptions = {},
  ): Promise<StoredDelivery> {
    const bytes = deliveryBytes(delivery);
    if (this.#bytes + bytes > this.options.maxBytes) {
      const held = `the spool holds ${this.#bytes} of ${this.options.maxBytes} bytes`;
      throw new SprayproxyError('spool-full', held);
    }
    const stored = {
      delivery: { ...delivery, id },
      forwards: forwards.map((forward) => steps.asStored(forward, this.holder)),
    };
    // Taken before it is written, so that many at once do not all find the same room.
    this.#bytes += bytes;
    this.#untold.begin(id, undefined);
    try {
      await this.#writer.write(() => {
        addRecord(this.#databases, stored, payload);
      });
    } catch (error) {
      this.#bytes -= bytes;
      this.#untold.failed(id);
      throw error;
    }
    this.#made(undefined, stored);
    return stored;
  }

  claim(
    id: number,
    backend: string,
    at: number,
    from: readonly ShownState[] = ['owed'],
  ): Promise<Change | undefined> {
    return this.#change(id, steps.toClaim(backend, at, from, this.holder));
  }

  settle(
    id: number,
    backend: string,
    attempt: AttemptRecord,
    rules: SettleRules,
  ): Promise<Change | undefined> {
    return this.#change(
      id,
      steps.toSettle(backend, attempt, rules, () => false),
    );
  }

  bury: Spool['bury'] = (id, backends, reason) => this.#change(id, steps.toBury(backends, reason));
  revive: Spool['revive'] = (id, backends, from, at) => this.#change(id, steps.toRevive(backends, from, at));
  withdraw: Spool['withdraw'] = (id, backends) => this.#change(id, steps.toWithdraw(backends));
  amend: Spool['amend'] = (id, sent) => this.#change(id, steps.toAmend(sent));
  discard: Spool['discard'] = (id, backends, from) => this.#change(id, steps.toDiscard(backends, from));
  release: Spool['release'] = (id) => this.#change(id, steps.toRelease());

  owedTo(backend: string, limit: number, after = 0): Promise<StoredDelivery[]> {
    return Promise.resolve(this.#reader.owedTo(backend, limit, after));
  }

  rejected(limit: number): Promise<StoredDelivery[]> {
    return Promise.resolve(this.#reader.rejected(limit));
  }

  abandoned(): Promise<StoredDelivery[]> {
    return Promise.resolve(abandonedAmong(this.#reader.running(), (holder) => holder !== this.holder));
  }

  get(id: number): Promise<StoredDelivery | undefined> {
    return Promise.resolve(this.#reader.get(id));
  }

  payload(id: number): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      resolve(this.#reader.payload(id));
    });
  }

  find(identityKey: string): Promise<StoredDelivery[]> {
    return Promise.resolve(this.#reader.find(identityKey));
  }

  list(before: number, limit: number): Promise<StoredDelivery[]> {
    return Promise.resolve(this.#reader.list(before, limit));
  }

  listAfter(after: number, limit: number): Promise<StoredDelivery[]> {
    return Promise.resolve(this.#reader.listAfter(after, limit));
  }

  getEach(ids: readonly number[]): Promise<StoredDelivery[]> {
    return Promise.resolve([...new Set(ids)].flatMap((id) => this.#reader.get(id) ?? []));
  }

  registeredBackends = () => Promise.resolve(this.#reader.registeredBackends());

  async keepBackend(url: string): Promise<void> {
    await this.#writer.write(() => {
      this.#databases.backends.putSync(digest(url), url);
    });
    this.#listeners.tell([{ kind: 'backends' }]);
  }

  async forgetBackend(url: string): Promise<void> {
    await this.#writer.write(() => this.#databases.backends.removeSync(digest(url)));
    this.#listeners.tell([{ kind: 'backends' }]);
  }

  noted = (names: readonly string[]) => Promise.resolve(this.#notes.noted(names));
  async note(note: Note, before: string | undefined): Promise<boolean> {
    const isMade = await this.#notes.note(note, before);
    if (isMade && note.name === PAUSES_NOTE) this.#listeners.tell([{ kind: 'backends' }]);
    return isMade;
  }
  forgetNotes = (before: number) => this.#notes.forget(before);

  watch(listener: (event: SpoolEvent) => void): () => void {
    return this.#listeners.add(listener);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#file.stop();
    await this.#writer.close();
    await this.options.onClose?.();
  }

  async #change(id: number, step: steps.Step): Promise<Change | undefined> {
    const progress = { began: false };
    try {
      const change = await this.#writer.write(() => {
        const before = this.#databases.deliveries.get(id);
        const after = before && step(before);
        if (before === undefined || after === undefined) return undefined;
        this.#untold.begin(id, before);
        progress.began = true;
        changeRecord(this.#databases, before, after);
        return { before, after };
      });
      if (change !== undefined) this.#made(change.before, change.after);
      return change;
    } catch (error) {
      if (progress.began) this.#untold.failed(id);
      throw error;
    }
  }

  /** It is on disk: from now on everybody sees it. */
  #made(before: StoredDelivery | undefined, after: StoredDelivery): void {
    const stays = after.forwards.some(isKept);
    if (before !== undefined) this.#counts.add(before.forwards, -1);
    this.#counts.add(after.forwards);
    if (!stays) this.#bytes -= deliveryBytes(after.delivery);
    const { id } = after.delivery;
    // Who is told of something finds it; what is over is there until everybody has been told.
    if (stays) this.#untold.made(id, after);
    this.#listeners.tell(eventsOf(before, after));
    if (!stays) this.#untold.made(id, undefined);
  }
}
