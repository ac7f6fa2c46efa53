import { randomUUID } from 'node:crypto';

import { type Clock } from '../../clock/clock.js';
import { identityKey } from '../../model/identity.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { abandonedAmong } from '../abandoned.js';
import { SpoolListeners } from '../spool-events.js';
import { Spool } from '../spool.js';
import * as steps from '../steps.js';
import { Untold } from '../untold.js';
import { Database } from './database.js';
import { DeliveryReader } from './delivery-reader.js';
import { DeliveryWriter } from './delivery-writer.js';
import { LastKnown } from './last-known.js';
import { Membership } from './membership.js';
import { Memory } from './memory.js';
import { Notes } from './notes.js';
import { Notices } from './notices.js';
import { type PostgresSpoolOptions } from './postgres-spool-options.js';
import { RegisteredBackends } from './registered-backends.js';
import { SlotIds } from './slot-ids.js';
import { Tally } from './tally.js';
import { Unclaimed } from './unclaimed.js';
import { Verbs } from './verbs.js';

/** Its connections are left to end by themselves after that. */
const MAX_LEAVE_MS = 3000;

/** A spool in a PostgreSQL database, which many processes may use. */
export class PostgresSpool extends Spool {
  readonly keeps = true;
  readonly remembers = true;
  readonly holder = randomUUID();
  readonly #listeners = new SpoolListeners();
  readonly #untold = new Untold();
  readonly #verbs: Verbs;
  readonly #database: Database;
  readonly #tally: Tally;
  readonly #reader: DeliveryReader;
  readonly #writer: DeliveryWriter;
  readonly #backends: RegisteredBackends;
  readonly #notes: Notes;
  readonly #unclaimed: Unclaimed;
  readonly #membership: Membership;
  readonly #ids: SlotIds;
  readonly #clock: Clock;
  #closed: Promise<void> | undefined;

  constructor(options: PostgresSpoolOptions) {
    super();
    const { connections, clock, maxBytes } = options;
    const [holder, listeners, untold] = [this.holder, this.#listeners, this.#untold];
    this.#clock = clock;
    this.#verbs = new Verbs(options);
    const database = (this.#database = new Database({
      connections,
      clock,
      onAway: (reason) => {
        this.#membership.lost(reason);
      },
      faultOf: () => this.fault,
      isReached: () => this.#membership.isReached,
      isDirect: () => this.#membership.isDirect,
    }));
    const onOwed = (backend: string, id: number) => {
      listeners.tell([{ kind: 'owed', backend, id }]);
    };
    const tally = (this.#tally = new Tally({ clock, maxBytes, onOwed }));
    const lastKnown = new LastKnown();
    this.#reader = new DeliveryReader(database, untold, lastKnown);
    const notices = new Notices(database.db, holder, clock);
    this.#writer = new DeliveryWriter({ database, untold, tally, listeners, holder, notices, lastKnown });
    this.#backends = new RegisteredBackends(database, holder, () => {
      listeners.tell([{ kind: 'backends' }]);
    });
    this.#notes = new Notes(database, holder, () => {
      listeners.tell([{ kind: 'backends' }]);
    });
    const unclaimed = (this.#unclaimed = new Unclaimed(clock));
    const ids = (this.#ids = new SlotIds(() => this.#membership.replicas.slot));
    const [backends, notes, writer] = [this.#backends, this.#notes, this.#writer];
    this.#membership = new Membership({
      ...options,
      ...{ database, holder, listeners, tally, backends, notes, unclaimed, ids, writer, notices },
    });
  }

  get fault(): string | undefined {
    return this.#membership.fault;
  }

  get unready(): string | undefined {
    return this.#membership.isReached ? undefined : this.fault;
  }

  get bytes(): number {
    return this.#tally.bytes;
  }

  /** @throws SpoolUnusableError if it cannot be used; if it is not there, it is tried again and again. */
  begin = (): Promise<void> => this.#membership.begin();

  mayKnow: Spool['mayKnow'] = (key) => this.#membership.outlook.mayKnow(key);
  counts: Spool['counts'] = () => this.#tally.counts;
  nextId: Spool['nextId'] = (receivedAt) => this.#ids.next(receivedAt);

  store: Spool['store'] = ({ delivery, forwards }, payload, options = {}) =>
    this.#verbs.write('store', async () => {
      const { id = this.nextId(delivery.receivedAt) } = options;
      const stored = {
        delivery: { ...delivery, id },
        forwards: forwards.map((forward) => steps.asStored(forward, this.holder)),
      };
      const key = identityKey(delivery.guid, delivery.payloadDigest);
      this.#membership.outlook.knows([key]);
      try {
        await this.#writer.store(stored, payload, options);
      } catch (error) {
        if (isUnsure(error)) this.#membership.mayHaveStored(id);
        throw error;
      } finally {
        // What there is may have been read anew before it was there.
        this.#membership.outlook.knows([key]);
      }
      return stored;
    });

  claim: Spool['claim'] = (id, backend, at, from = ['owed']) =>
    this.#verbs.write('claim', async () => {
      await this.#membership.stayThere();
      try {
        return await this.#writer.change(id, steps.toClaim(backend, at, from, this.holder));
      } catch (error) {
        if (isUnsure(error)) this.#membership.mayHaveClaimed(id, backend, at);
        throw error;
      }
    });

  settle: Spool['settle'] = (id, backend, attempt, rules) =>
    this.#verbs.write('settle', () => {
      const isHeld = (claimedBy: string | undefined) =>
        claimedBy !== this.holder && this.#membership.replicas.isThere(claimedBy);
      const step = steps.toSettle(backend, attempt, rules, isHeld);
      return this.#writer.change(id, step, (before) => this.#membership.knowHolders([before]));
    });

  bury: Spool['bury'] = (id, backends, reason) =>
    this.#verbs.write('bury', () => this.#writer.change(id, steps.toBury(backends, reason)));
  revive: Spool['revive'] = (id, backends, from, at) =>
    this.#verbs.write('revive', () => this.#writer.change(id, steps.toRevive(backends, from, at)));
  withdraw: Spool['withdraw'] = (id, backends) =>
    this.#verbs.write('withdraw', () => this.#writer.change(id, steps.toWithdraw(backends)));
  amend: Spool['amend'] = (id, sent) =>
    this.#verbs.write('amend', () => this.#writer.change(id, steps.toAmend(sent)));
  discard: Spool['discard'] = (id, backends, from) =>
    this.#verbs.write('discard', () => this.#writer.change(id, steps.toDiscard(backends, from)));
  release: Spool['release'] = (id) =>
    this.#verbs.write('release', () => this.#writer.change(id, steps.toRelease()));

  owedTo: Spool['owedTo'] = (backend, limit, after = 0) =>
    this.#verbs.read('owedTo', () => this.#reader.owedTo(backend, limit, after));
  rejected: Spool['rejected'] = (limit) => this.#verbs.read('rejected', () => this.#reader.rejected(limit));
  abandoned: Spool['abandoned'] = () =>
    this.#verbs.read('abandoned', async () => {
      const running = await this.#reader.running();
      await this.#database.read(() => this.#membership.knowHolders(running));
      return abandonedAmong(running, (holder) => !this.#membership.replicas.isThere(holder));
    });
  get: Spool['get'] = (id) =>
    this.#verbs.read('get', async () => {
      const stored = await this.#reader.get(id);
      return stored && this.#membership.outlook.shown([stored])[0];
    });
  payload: Spool['payload'] = (id) => this.#verbs.read('payload', () => this.#reader.payload(id));
  find: Spool['find'] = (key) =>
    this.#verbs.read('find', () => this.#membership.outlook.asking(key, () => this.#reader.find(key)));
  list: Spool['list'] = (before, limit, filter = {}) =>
    this.#verbs.read('list', async () =>
      this.#membership.outlook.shown(await this.#reader.list(before, limit, filter)),
    );

  listAfter: Spool['listAfter'] = (after, limit, filter = {}) =>
    this.#verbs.read('listAfter', () => this.#reader.listAfter(after, limit, filter));
  getEach: Spool['getEach'] = (ids) => this.#verbs.read('getEach', () => this.#reader.getEach(ids));

  isGone: Spool['isGone'] = (holder) =>
    this.#verbs.read('isGone', async () => {
      await this.#database.read(() => this.#membership.know([holder]));
      return !this.#membership.replicas.isThere(holder);
    });
  untilUnclaimed: Spool['untilUnclaimed'] = (id, backend) =>
    this.#unclaimed.whileSo(id, async () => {
      const stored = await this.get(id);
      if (stored === undefined) return false;
      await this.#database.read(() => this.#membership.knowHolders([stored]));
      return stored.forwards.some(
        (forward) => forward.backend === backend && this.#membership.isRunningElsewhere(forward),
      );
    });

  remember: Spool['remember'] = (recents) =>
    this.#verbs.read('remember', async () => {
      await this.#database.write((attempt) => {
        attempt.writes();
        return new Memory(attempt.db).remember(recents);
      });
      this.#membership.remembered(recents);
    });
  forget: Spool['forget'] = (ids) =>
    this.#verbs.read('forget', () =>
      this.#database.write((attempt) => {
        attempt.writes();
        return new Memory(attempt.db).forget(ids);
      }),
    );
  recall: Spool['recall'] = (key) =>
    this.#verbs.read('recall', () =>
      this.#membership.outlook.asking(key, () => this.#database.read((db) => new Memory(db).recall(key))),
    );
  past: Spool['past'] = (id) =>
    this.#verbs.read('past', () =>
      this.#untold.during(async (seen) => {
        const past = await this.#database.read((db) => new Memory(db).past(id));
        return seen.has(id) ? undefined : past;
      }),
    );
  listPast: Spool['listPast'] = (before, limit, filter = {}) =>
    this.#verbs.read('listPast', () =>
      this.#untold.during(async (seen) => {
        const past = await this.#database.read((db) => new Memory(db).listPast(before, limit, filter));
        return this.#membership.outlook.shown(past.filter(({ delivery }) => !seen.has(delivery.id)));
      }),
    );

  drains: Spool['drains'] = (backend) => this.#membership.replicas.drains(backend);
  announce: Spool['announce'] = (backends) => {
    this.#membership.announce(backends);
  };
  isWantedElsewhere: Spool['isWantedElsewhere'] = (backend) =>
    this.#membership.replicas.isWantedElsewhere(backend);
  retire: Spool['retire'] = () => this.#membership.retire();

  registeredBackends: Spool['registeredBackends'] = () =>
    this.#verbs.read('registeredBackends', () => this.#backends.list());
  keepBackend: Spool['keepBackend'] = (url) =>
    this.#verbs.write('keepBackend', () => this.#backends.keep(url));
  forgetBackend: Spool['forgetBackend'] = (url) =>
    this.#verbs.write('forgetBackend', () => this.#backends.forget(url));

  noted: Spool['noted'] = (names) => this.#verbs.read('noted', () => this.#notes.noted(names));
  note: Spool['note'] = (note, before) => this.#verbs.write('note', () => this.#notes.note(note, before));
  forgetNotes: Spool['forgetNotes'] = (before) =>
    this.#verbs.write('forgetNotes', () => this.#notes.forget(before));

  watch: Spool['watch'] = (listener) => this.#listeners.add(listener);

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    await this.#verbs.close();
    // A server that answers no more is not waited for: others notice.
    await this.#atMost(MAX_LEAVE_MS, this.#membership.end());
    await this.#atMost(MAX_LEAVE_MS, this.#database.close());
  }

  async #atMost(ms: number, action: Promise<void>): Promise<void> {
    let cancel: () => void = () => undefined;
    const late = new Promise<void>((resolve) => (cancel = this.#clock.after(ms, resolve)));
    await Promise.race([action, late]);
    cancel();
  }
}

const isUnsure = (error: unknown): boolean =>
  error instanceof SprayproxyError && error.code === 'spool-unsure';
