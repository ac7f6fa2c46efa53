import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Candidate } from './candidates.js';
import { isTarget, type OperationParts } from './operation-parts.js';
import { type OperationOutcome } from './operation.js';
import { allOf } from './patience.js';

/** Deliveries owed at once for one operation: as many as keep a lane busy, and no newer webhook waits behind more. */
const MAX_OWED = 100;

const MIN_LOOK_MS = 100;
const MAX_LOOK_MS = 1000;

/** A backend from which nothing has come back for that long is waited for. */
const SLOW_MS = 10_000;

/** What has come in since is sent before there is more to send again; if that takes longer, it is not for our sake. */
const MAX_YIELD_MS = 5000;

/** How often is tried to withdraw what is being sent. */
const MAX_WITHDRAWALS = 10;

/** Those of an operation's deliveries that are owed for its sake, until it is known what came of it. */
export class ResendWindow {
  /** Keys of the backends, by the delivery's id. */
  readonly #owed = new Map<number, Set<string>>();
  /** How those that have left the spool left it. */
  readonly #over = new Map<number, StoredDelivery>();
  readonly #stopWatching: () => void;
  readonly #size: number;
  #lookMs = MIN_LOOK_MS;
  #progressAt: number;

  constructor(
    private readonly backends: readonly string[],
    private readonly parts: OperationParts,
  ) {
    this.#size = Math.min(MAX_OWED, Math.max(8, 4 * parts.config.drainConcurrency));
    this.#progressAt = parts.clock.monotonic();
    this.#stopWatching = parts.spool.watch((event) => {
      if (event.kind === 'over' && this.#owed.has(event.delivery.delivery.id))
        this.#over.set(event.delivery.delivery.id, event.delivery);
    });
  }

  /** Resolves when all of them are owed. @throws Ended */
  async send(candidates: readonly Candidate[]): Promise<void> {
    for (let at = 0; at < candidates.length;) {
      while (this.#owed.size > this.#size / 2) await this.#look();
      await this.#yield();
      if (this.#owed.size === 0) this.#progressAt = this.parts.clock.monotonic();
      const batch = candidates.slice(at, at + this.#size - this.#owed.size);
      await allOf(batch.map((each) => this.#revive(each)));
      at += batch.length;
    }
  }

  /** Resolves when it is known of all what came of them. @throws Ended */
  async empty(): Promise<void> {
    while (this.#owed.size > 0) await this.#look();
  }

  /** Leaves those that are not sent yet as they were before; what is being sent is waited for, but not for long. Never rejects. */
  async withdraw(): Promise<void> {
    const { clock } = this.parts;
    for (let tries = 0; this.#owed.size > 0 && tries < MAX_WITHDRAWALS; tries += 1) {
      if (tries > 0) await new Promise<void>((resolve) => clock.after(MIN_LOOK_MS, resolve));
      await Promise.allSettled([...this.#owed].map(([id, backends]) => this.#withdraw(id, backends)));
    }
  }

  async #withdraw(id: number, backends: Set<string>): Promise<void> {
    const { spool } = this.parts;
    const change = await spool.withdraw(id, [...backends]);
    for (const { backend, state } of change?.after.forwards ?? []) {
      const was = change?.before.forwards.find((forward) => forward.backend === backend);
      if (was?.state !== state) this.#forget(id, backend);
    }
    const stored = change?.after ?? (await spool.get(id)) ?? (await this.#past(id));
    for (const backend of [...backends]) {
      const outcome = outcomeAt(backend, stored) ?? (isForOthers(backend, stored) ? 'owed' : undefined);
      this.#take(id, backend, outcome);
    }
  }

  close(): void {
    this.#stopWatching();
    for (const backend of this.backends) this.parts.progress.waits(backend, false);
  }

  async #revive({ stored, wanted }: Candidate): Promise<void> {
    const { spool, patience, progress, clock } = this.parts;
    const { id } = stored.delivery;
    // There may have been a long wait.
    const keys = wanted.map(({ backend }) => backend).filter((key) => isTarget(this.parts, key));
    const at = clock.now();
    const from = wanted.map(({ state }) => state);
    const after = await patience.through(async () => {
      const change = await spool.revive(id, keys, from, at);
      // A try before this one may have done it.
      return change?.after ?? (await spool.get(id));
    });
    const revived = (after?.forwards ?? []).filter(
      ({ backend, owedSince }) => keys.includes(backend) && owedSince === at,
    );
    progress.ended('unchanged', wanted.length - revived.length);
    if (revived.length > 0) this.#owed.set(id, new Set(revived.map(({ backend }) => backend)));
  }

  /** Lets those go first that have come in since the operation began. */
  async #yield(): Promise<void> {
    const { spool, patience, clock, below } = this.parts;
    const until = clock.monotonic() + MAX_YIELD_MS;
    for (const backend of this.backends) {
      while (clock.monotonic() < until) {
        const [newer] = await patience.through(() => spool.owedTo(backend, 1, below));
        if (newer === undefined) break;
        await patience.wait(MIN_LOOK_MS);
      }
    }
  }

  /** Finds out after a while what has come of them. */
  async #look(): Promise<void> {
    const { spool, patience, clock } = this.parts;
    await patience.wait(this.#lookMs);
    const kept = await patience.through(() => spool.getEach([...this.#owed.keys()]));
    const byId = new Map(kept.map((stored) => [stored.delivery.id, stored]));
    const before = this.parts.progress.done;
    for (const [id, backends] of [...this.#owed]) {
      const stored = byId.get(id) ?? (await patience.through(() => this.#past(id)));
      for (const backend of [...backends]) this.#take(id, backend, outcomeAt(backend, stored));
    }
    const isSlow = this.parts.progress.done === before;
    if (!isSlow) this.#progressAt = clock.monotonic();
    this.#lookMs = isSlow ? Math.min(MAX_LOOK_MS, this.#lookMs * 2) : MIN_LOOK_MS;
    this.#tellWhoIsWaitedFor();
  }

  #take(id: number, backend: string, outcome: OperationOutcome | undefined): void {
    if (outcome === undefined) return;
    this.#forget(id, backend);
    this.parts.progress.ended(outcome);
  }

  #forget(id: number, backend: string): void {
    const backends = this.#owed.get(id);
    backends?.delete(backend);
    if (backends?.size !== 0) return;
    this.#owed.delete(id);
    this.#over.delete(id);
  }

  async #past(id: number): Promise<StoredDelivery | undefined> {
    return this.#over.get(id) ?? this.parts.recent.get(id) ?? (await this.parts.spool.past(id));
  }

  #tellWhoIsWaitedFor(): void {
    const { clock, progress } = this.parts;
    const isSlow = clock.monotonic() - this.#progressAt >= SLOW_MS;
    const awaited = new Set([...this.#owed.values()].flatMap((backends) => [...backends]));
    for (const backend of this.backends) {
      progress.waits(backend, awaited.has(backend) && (isSlow || this.#isHeldUp(backend)));
    }
  }

  #isHeldUp(key: string): boolean {
    const { registry, pauses, spool, lanes } = this.parts;
    const backend = registry.get(key);
    if (pauses.holds(key)) return true;
    return backend !== undefined && spool.drains(key) && lanes.of(backend).health.down;
  }
}

/** `undefined`: it is still owed. @param stored `undefined`: nothing is left of the delivery */
function outcomeAt(backend: string, stored: StoredDelivery | undefined): OperationOutcome | undefined {
  const forward = stored?.forwards.find((each) => each.backend === backend);
  if (forward === undefined) return 'discarded';
  const { state, refusedAloneCount = 0 } = forward;
  if (state !== 'owed') return state;
  return refusedAloneCount > 0 ? 'owed' : undefined;
}

/** Whether it stays owed when it is withdrawn, since somebody has asked for this very one. */
const isForOthers = (backend: string, stored: StoredDelivery | undefined): boolean =>
  stored?.forwards.some((each) => each.backend === backend && each.before === undefined) === true;
