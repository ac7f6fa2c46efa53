import { type Kysely } from 'kysely';

import { type Clock } from '../../clock/clock.js';
import { SLOTS } from './migrations.js';
import { ownerOf, ownersOf } from './owner.js';
import {
  freeSlot,
  heartbeat,
  readReplicas,
  type Replica,
  type ReplicaRow,
  takeSlot,
} from './replica-rows.js';
import { type Tables } from './tables.js';

const HEARTBEAT_EVERY_MS = 2000;

/** One whose heartbeat is older is gone; and that long somebody has to listen before nothing heard means anything. */
export const GONE_AFTER_MS = 8000;

interface Options {
  readonly db: Kysely<Tables>;
  readonly clock: Clock;
  readonly holder: string;
  /** Others are there than before, or have retired, or have named other backends. */
  readonly onChange: () => void;
}

/**
 * The processes that use the store, as this one has last read of them.
 *
 * One that has just come makes claims. Whoever asks whether the holder of a claim is gone reads the claim first, and then
 * who is there.
 */
export class Replicas {
  readonly #options: Options;
  #own: Replica;
  #slot: number;
  #there = new Map<string, Replica>();
  #seen = '';
  /** Who drains a backend, of those that are there. */
  #owners: ReadonlyMap<string, string> = new Map();
  #hasLeft = false;
  /** What others can read of this one, and since when (monotonic). */
  #written: { readonly own: Replica; readonly at: number } | undefined;
  /** Monotonic; `undefined`: never, or not since contact was lost. */
  #readAt: number | undefined;
  #contactSince = 0;
  #isJoined = false;
  #last: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.#options = options;
    this.#own = { holder: options.holder, retired: false, backends: [] };
    // Until it has one of its own.
    this.#slot = Math.floor(options.clock.random() * SLOTS);
  }

  /** No two that are there have the same. */
  get slot(): number {
    return this.#slot;
  }

  /** @throws Error as `beat` */
  join(): Promise<void> {
    return this.beat();
  }

  /**
   * Reads who is there, and says, where it is time or there is news of it, that this one is. If others have taken it for
   * gone for so long that its row is away, it gets another.
   * @throws Error if that fails, or all slots are taken.
   */
  beat(): Promise<void> {
    return this.#inTurn(() => this.#beat());
  }

  isThere(holder: string | undefined): boolean {
    return holder !== undefined && (holder === this.#own.holder || this.#there.has(holder));
  }

  /** Whether others have heard nothing of this one for half of the time after which it is gone. */
  get mayBeTakenForGone(): boolean {
    const { clock } = this.#options;
    return this.#written === undefined || clock.monotonic() - this.#written.at > GONE_AFTER_MS / 2;
  }

  drains(backend: string): boolean {
    if (!this.#isJoined) return false;
    const owner = this.#owners.get(backend) ?? ownerOf(backend, this.#there.values());
    return owner === this.#own.holder;
  }

  isWantedElsewhere(backend: string): boolean {
    return [...this.#there.values()].some(
      ({ holder, backends }) => holder !== this.#own.holder && backends.includes(backend),
    );
  }

  /** Others can read it after the next `beat`. */
  announce(backends: readonly string[]): void {
    this.#own = { ...this.#own, backends: [...backends].sort() };
    this.#see(this.#there.values());
  }

  /** @throws Error if others cannot read it yet; it is so all the same. */
  retire(): Promise<void> {
    this.#own = { ...this.#own, retired: true };
    this.#see(this.#there.values());
    return this.beat();
  }

  /** @throws Error if that fails: others will notice. */
  leave(): Promise<void> {
    this.#hasLeft = true;
    return this.#inTurn(async () => {
      const rows = this.#options.db.deleteFrom('sprayproxy_replica');
      await rows.where('holder', '=', this.#own.holder).execute();
    });
  }

  /** Nobody could say that he is there; nobody is taken for gone before all have had time to. */
  contactLost(): void {
    this.#readAt = undefined;
  }

  /** What was read earlier is not to be heard of later. */
  #inTurn(action: () => Promise<void>): Promise<void> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #beat(): Promise<void> {
    const { db } = this.#options;
    while (!this.#hasLeft) {
      const rows = await this.#read();
      const row = rows.find(({ holder }) => holder === this.#own.holder);
      if (row === undefined && rows.length >= SLOTS && !(await freeSlot(db))) {
        throw new Error(`${SLOTS} replicas use the database already`);
      }
      const slot = row?.slot ?? (await takeSlot(db, this.#own));
      if (slot === undefined) continue;
      this.#slot = slot;
      this.#isJoined = true;
      this.#see(rows.filter((each) => this.#isAlive(each)));
      return;
    }
  }

  async #read(): Promise<readonly ReplicaRow[]> {
    const { db, clock } = this.#options;
    const [own, at] = [this.#own, clock.monotonic()];
    const isWritten = this.#written?.own === own && at - this.#written.at < HEARTBEAT_EVERY_MS;
    const rows = await readReplicas(db, isWritten ? undefined : heartbeat(own, this.#hasListened()));
    if (!isWritten) this.#written = { own, at };
    const isBack = !this.#isInContact();
    this.#readAt = clock.monotonic();
    if (isBack) this.#contactSince = this.#readAt;
    return rows;
  }

  #isAlive = ({ age_ms }: ReplicaRow): boolean => age_ms < GONE_AFTER_MS || !this.#hasListened();

  #hasListened(): boolean {
    return this.#isInContact() && this.#options.clock.monotonic() - this.#contactSince >= GONE_AFTER_MS;
  }

  /** Whoever stood still for as long as that is not. */
  #isInContact(): boolean {
    const { clock } = this.#options;
    return this.#readAt !== undefined && clock.monotonic() - this.#readAt < GONE_AFTER_MS;
  }

  #see(there: Iterable<Replica>): void {
    this.#there = new Map([...there, this.#own].map((each) => [each.holder, each]));
    const seen = textOf(this.#isJoined, this.#there.values());
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#owners = ownersOf(this.#there.values());
    this.#options.onChange();
  }
}

/** The same for the same replicas, whatever else was read of them. */
const textOf = (isJoined: boolean, there: Iterable<Replica>): string =>
  JSON.stringify([
    isJoined,
    [...there].map(({ holder, retired, backends }) => [holder, retired, backends]).sort(),
  ]);
