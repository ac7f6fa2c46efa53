import { randomUUID } from 'node:crypto';

import { type Forward, isKept } from '../../src/model/forward.js';
import { type DeliveryFilter, matches } from '../../src/model/delivery-filter.js';
import { Identity, identityKey, payloadDigest } from '../../src/model/identity.js';
import { PAUSES_NOTE } from '../../src/model/pause.js';
import { type Recent } from '../../src/model/recent.js';
import { SprayproxyError } from '../../src/model/sprayproxy-error.js';
import { inShort, type StoredDelivery } from '../../src/model/stored-delivery.js';
import { abandonedAmong } from '../../src/spool/abandoned.js';
import { KeptCounts } from '../../src/spool/counts.js';
import { deliveryBytes } from '../../src/spool/delivery-bytes.js';
import { IdSequence } from '../../src/spool/id-sequence.js';
import { type Note, NotesInMemory } from '../../src/spool/notes.js';
import { eventsOf, SpoolListeners } from '../../src/spool/spool-events.js';
import { type Change, Spool } from '../../src/spool/spool.js';
import * as steps from '../../src/spool/steps.js';

/** What several spools share, as processes share a database. */
export class MemoryStore {
  readonly deliveries = new Map<number, StoredDelivery>();
  readonly payloads = new Map<number, Buffer>();
  readonly backends = new Set<string>();
  /** By the name of a holder that is there: the backends that it has named; `undefined`: it drains none any more. */
  readonly holders = new Map<string | undefined, readonly string[] | undefined>();
  readonly recents = new Map<number, Recent>();
  /** Ids of deliveries whose senders have not heard that they were taken. */
  readonly awaited = new Set<number>();
  readonly ids = new IdSequence();
  readonly notes = new NotesInMemory();
  readonly listeners = new SpoolListeners();
}

/** A spool that is gone with the test. */
export class MemorySpool extends Spool {
  readonly keeps = true;
  /** Whether it is one of several processes. */
  readonly remembers: boolean;
  readonly holder = randomUUID();
  readonly #store: MemoryStore;
  readonly #maxBytes: number;
  #failing = false;
  #writes: Promise<unknown> = Promise.resolve();

  constructor({ maxBytes = Infinity, store }: { maxBytes?: number; store?: MemoryStore } = {}) {
    super();
    this.#store = store ?? new MemoryStore();
    this.#maxBytes = maxBytes;
    this.remembers = store !== undefined;
    this.#store.holders.set(this.holder, []);
    this.#store.listeners.tell([{ kind: 'owners' }]);
  }

  get fault(): string | undefined {
    return this.#failing ? 'it is made to fail' : undefined;
  }

  /** Whether nothing can be written. */
  set failing(failing: boolean) {
    this.#failing = failing;
    this.#store.listeners.tell([{ kind: failing ? 'lost' : 'found' }]);
  }

  get unready(): string | undefined {
    return this.fault;
  }

  mayKnow = (key: string) =>
    [...this.#all().map(({ delivery }) => Identity.ofRecord(delivery)), ...this.#open()].some(
      (known) => ('identity' in known ? known.identity : known).key === key,
    );

  get bytes(): number {
    return this.#all().reduce((sum, { delivery }) => sum + deliveryBytes(delivery), 0);
  }

  counts = () => new KeptCounts().add(this.#all().flatMap(({ forwards }) => forwards));
  nextId = (receivedAt: number) => this.#store.ids.next(receivedAt);

  store: Spool['store'] = (
    { delivery, forwards },
    payload,
    { id = this.nextId(delivery.receivedAt), awaited = false } = {},
  ) =>
    this.#write(() => {
      if (this.bytes + deliveryBytes(delivery) > this.#maxBytes)
        throw new SprayproxyError('spool-full', `the spool holds ${this.bytes} of ${this.#maxBytes} bytes`);
      this.#store.recents.delete(id);
      if (awaited) this.#store.awaited.add(id);
      const claimed = forwards.map((forward) => steps.asStored(forward, this.holder));
      this.#store.payloads.set(id, payload);
      return this.#put(undefined, { delivery: { ...delivery, id }, forwards: claimed });
    });

  claim: Spool['claim'] = (id, backend, at, from = ['owed']) =>
    this.#change(id, steps.toClaim(backend, at, from, this.holder));
  settle: Spool['settle'] = (id, backend, attempt, rules) =>
    this.#change(
      id,
      steps.toSettle(backend, attempt, rules, (by) => by !== this.holder && this.#store.holders.has(by)),
    );
  bury: Spool['bury'] = (id, backends, reason) => this.#change(id, steps.toBury(backends, reason));
  revive: Spool['revive'] = (id, backends, from, at) => this.#change(id, steps.toRevive(backends, from, at));
  withdraw: Spool['withdraw'] = (id, backends) => this.#change(id, steps.toWithdraw(backends));
  amend: Spool['amend'] = (id, sent) => this.#change(id, steps.toAmend(sent));
  discard: Spool['discard'] = (id, backends, from) => this.#change(id, steps.toDiscard(backends, from));
  release: Spool['release'] = (id) => this.#change(id, steps.toRelease());

  owedTo: Spool['owedTo'] = (backend, limit, after = 0) =>
    this.#read((forward, id) => id > after && forward.backend === backend && forward.state === 'owed', limit);
  rejected: Spool['rejected'] = (limit) =>
    this.#read((forward) => forward.state === 'rejected' && isKept(forward), limit);
  abandoned = () =>
    Promise.resolve(abandonedAmong(this.#all(), (holder) => !this.#store.holders.has(holder)));
  get = (id: number) => Promise.resolve(this.#store.deliveries.get(id));
  list: Spool['list'] = async (before, limit, filter = {}) =>
    (await this.#read((_forward, id) => id < before))
      .reverse()
      .filter((stored) => matches(stored, filter))
      .slice(0, limit);
  listAfter: Spool['listAfter'] = async (after, limit, filter = {}) =>
    (await this.#read((_forward, id) => id > after))
      .filter((stored) => matches(stored, filter))
      .slice(0, limit);
  getEach = (ids: readonly number[]) =>
    Promise.resolve([...new Set(ids)].flatMap((id) => this.#store.deliveries.get(id) ?? []));
  isGone = (holder: string) => Promise.resolve(!this.#store.holders.has(holder));
  find: Spool['find'] = async (key) =>
    (await this.list(Infinity, Infinity)).filter(
      ({ delivery }) => identityKey(delivery.guid, delivery.payloadDigest) === key,
    );

  async payload(id: number): Promise<Buffer | undefined> {
    const stored = await this.get(id);
    const payload = this.#store.payloads.get(id);
    if (stored === undefined) return undefined;
    if (payload !== undefined && payloadDigest(payload) === stored.delivery.payloadDigest) return payload;
    throw new SprayproxyError('payload-gone', `the payload of delivery ${id} is damaged`);
  }

  registeredBackends = () => Promise.resolve([...this.#store.backends]);
  keepBackend = (url: string) => this.#register(url, 'add');
  forgetBackend = (url: string) => this.#register(url, 'delete');

  noted = (names: readonly string[]) => Promise.resolve(this.#store.notes.noted(names));
  note = (note: Note, before: string | undefined) =>
    this.#write(() => {
      const isMade = this.#store.notes.note(note, before);
      if (isMade && note.name === PAUSES_NOTE) this.#store.listeners.tell([{ kind: 'backends' }]);
      return isMade;
    });
  forgetNotes = (before: number) =>
    this.#write(() => {
      this.#store.notes.forget(before);
    });

  untilUnclaimed: Spool['untilUnclaimed'] = async (id, backend) => {
    const forward = () => this.#store.deliveries.get(id)?.forwards.find((each) => each.backend === backend);
    const isElsewhere = () => {
      const { runningSince, claimedBy } = forward() ?? {};
      return runningSince !== undefined && claimedBy !== this.holder && this.#store.holders.has(claimedBy);
    };
    if (!isElsewhere()) return false;
    while (isElsewhere()) await new Promise((resolve) => setImmediate(resolve));
    return true;
  };

  remember = (recents: readonly Recent[]): Promise<void> =>
    this.#write(() => {
      for (const recent of recents) {
        this.#store.awaited[recent.awaited ? 'add' : 'delete'](recent.id);
        if (this.#store.deliveries.has(recent.id)) continue;
        this.#store.recents.set(recent.id, { ...this.#store.recents.get(recent.id), ...recent });
      }
    });
  forget = (ids: readonly number[]): Promise<void> =>
    this.#write(() => {
      for (const id of ids) this.#store.recents.delete(id);
    });
  recall = (key: string): Promise<Recent[]> =>
    Promise.resolve(this.#open().filter(({ identity }) => identity.key === key));
  past = (id: number) => Promise.resolve(this.#store.recents.get(id)?.stored);
  listPast = (before: number, limit: number, filter: DeliveryFilter = {}): Promise<StoredDelivery[]> =>
    Promise.resolve(
      [...this.#store.recents.values()]
        .flatMap(({ stored }) => stored ?? [])
        .filter((stored) => stored.delivery.id < before && matches(stored, filter))
        .sort((a, b) => b.delivery.id - a.delivery.id)
        .slice(0, limit),
    );

  /** The first of those who have named it; where nobody has, the first there is. */
  drains = (backend: string): boolean => {
    const able = [...this.#store.holders].filter(([, backends]) => backends !== undefined);
    const [first] = [...able.filter(([, backends]) => backends?.includes(backend)), ...able];
    return first?.[0] === this.holder;
  };
  isWantedElsewhere = (backend: string): boolean =>
    [...this.#store.holders].some(
      ([holder, backends]) => holder !== this.holder && backends?.includes(backend) === true,
    );
  announce = (backends: readonly string[]): void => {
    if (this.#store.holders.get(this.holder) === undefined) return;
    this.#store.holders.set(this.holder, backends);
    this.#store.listeners.tell([{ kind: 'owners' }]);
  };
  retire(): Promise<void> {
    this.#store.holders.set(this.holder, undefined);
    this.#store.listeners.tell([{ kind: 'owners' }]);
    return Promise.resolve();
  }

  watch: Spool['watch'] = (listener) =>
    this.#store.listeners.add((event) => {
      if (this.#store.holders.has(this.holder)) listener(event);
    });

  async close(): Promise<void> {
    await this.#writes;
    if (!this.#store.holders.delete(this.holder)) return;
    this.#store.listeners.tell([{ kind: 'owners' }]);
  }

  /** What is remembered and of which somebody still wants to know. */
  #open = () =>
    [...this.#store.recents.values()]
      .filter(({ stored, awaited }) => awaited || stored?.forwards.some(isKept) === true)
      .sort((a, b) => b.id - a.id);

  #all = () => [...this.#store.deliveries.values()].sort((a, b) => a.delivery.id - b.delivery.id);

  #read(is: (forward: Forward, id: number) => boolean, limit?: number): Promise<StoredDelivery[]> {
    const found = this.#all().filter(({ delivery, forwards }) =>
      forwards.some((forward) => is(forward, delivery.id)),
    );
    return Promise.resolve(found.slice(0, limit));
  }

  #change = (id: number, step: steps.Step): Promise<Change | undefined> =>
    this.#write(() => {
      const before = this.#store.deliveries.get(id);
      const after = before && step(before);
      return before && after && { before, after: this.#put(before, after) };
    });

  #put(before: StoredDelivery | undefined, after: StoredDelivery): StoredDelivery {
    this.#store.deliveries.set(after.delivery.id, after);
    this.#store.listeners.tell(eventsOf(before, after));
    if (!after.forwards.some(isKept)) {
      const { id } = after.delivery;
      this.#store.deliveries.delete(id);
      const identity = Identity.ofRecord(after.delivery);
      const over = { id, identity, stored: inShort(after), awaited: this.#store.awaited.has(id) };
      if (this.remembers && after.forwards.length > 0) this.#store.recents.set(id, over);
    }
    return after;
  }

  #register = (url: string, change: 'add' | 'delete'): Promise<void> =>
    this.#write(() => {
      this.#store.backends[change](url);
      this.#store.listeners.tell([{ kind: 'backends' }]);
    });

  #write<T>(action: () => T): Promise<T> {
    const written = this.#writes.then(() => {
      const fault = this.#store.holders.has(this.holder) ? this.fault : 'it is closed';
      if (fault === undefined) return action();
      throw new SprayproxyError('spool-failed', `the spool cannot be written to: ${fault}`);
    });
    this.#writes = written.catch(() => undefined);
    return written;
  }
}
