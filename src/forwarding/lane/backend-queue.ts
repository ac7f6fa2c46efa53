import { type Backend } from '../../model/backend.js';
import { type Forward } from '../../model/forward.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type AttemptResult, isServed } from '../../model/attempt.js';
import { ForwardSender, type HeldPayload, type SenderParts, TROUBLE_PAUSE_MS } from './forward-sender.js';

/** Forwards read from the spool at a time. */
const READ_AHEAD = 64;

/**
 * What the spool owes one backend, sent oldest first: one attempt at first after a failure, more with every success,
 * none before its time. A forward is attempted once at a time, whoever asks.
 */
export class BackendQueue {
  /** The attempts that are running, by id of the delivery. */
  readonly #running = new Map<number, Promise<AttemptResult | undefined>>();
  #backend: Backend;
  #stop = new AbortController();
  #sender: ForwardSender;
  #ahead: StoredDelivery[] = [];
  /** The last delivery that was read ahead. */
  #readUpTo = 0;
  #pumping = false;
  #wakes = 0;
  #troubledUntil = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(
    backend: Backend,
    private readonly parts: SenderParts,
  ) {
    this.#backend = backend;
    this.#sender = new ForwardSender(backend, parts, this.#stop.signal);
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Goes on after it was stopped, beside the attempts that were running then. @param backend of the same key */
  resume(backend: Backend): void {
    this.#backend = backend;
    this.#stop = new AbortController();
    this.#sender = new ForwardSender(backend, this.parts, this.#stop.signal);
  }

  /** Whether new deliveries wait behind older ones. */
  get holdsBack(): boolean {
    const owed = this.parts.spool.counts().get(this.#backend.key)?.owed ?? 0;
    return owed > 0 || this.parts.attempts.healthOf(this.#backend).down;
  }

  /** Whether it is time to look if the backend is back, and nothing that is owed could show. */
  get mayProbe(): boolean {
    const owed = this.parts.spool.counts().get(this.#backend.key)?.owed ?? 0;
    return owed === 0 && this.parts.attempts.healthOf(this.#backend).mayProbe;
  }

  /** Sends what is due. @param id of a delivery that is owed now and was not before. */
  wake(id = Infinity): void {
    if (id <= this.#readUpTo) this.#startOver();
    this.#wakes += 1;
    if (!this.#pumping) void this.#pump();
  }

  /**
   * Takes over an attempt that is running while its forward is being stored.
   * @param isStored whether it could be stored
   */
  adopt(
    stored: StoredDelivery,
    attempt: Promise<AttemptResult | undefined>,
    isStored: Promise<boolean>,
  ): void {
    const sender = this.#sender;
    void this.#track(
      stored.delivery.id,
      attempt.then(async (result) => {
        if ((await isStored) && result !== undefined) await sender.conclude(stored, result);
        return result;
      }),
    );
  }

  /**
   * Sends a delivery now, whether its turn has come or not and however old it is. An attempt that is running is joined.
   * @param prepare what becomes of the forward before the attempt
   * @returns `undefined`: it was discarded meanwhile, or is not owed.
   * @throws SprayproxyError `spool-failed`: no attempt was made.
   */
  async sendNow(
    stored: StoredDelivery,
    held: HeldPayload,
    prepare: (forward: Forward) => Forward,
  ): Promise<AttemptResult | undefined> {
    const { id } = stored.delivery;
    held.room.retain();
    try {
      for (;;) {
        const running = this.#running.get(id);
        if (running === undefined) return await this.#track(id, this.#sender.send(stored, prepare, held));
        // One that comes to nothing waited for room, which is here, or found the forward too old, which is no matter.
        const result = await running.catch(() => undefined);
        if (result !== undefined) return result;
      }
    } finally {
      held.room.release();
    }
  }

  /** Begins no more attempts. Resolves when those that are running have ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#cancelTimer?.();
    await Promise.allSettled(this.#running.values());
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    try {
      let seen: number;
      do {
        seen = this.#wakes;
        await this.#sendDue();
      } while (seen !== this.#wakes);
    } catch (error) {
      this.#trouble(error);
    } finally {
      this.#pumping = false;
    }
  }

  #isPaused(): boolean {
    const { attempts, clock } = this.parts;
    const pauseMs =
      Math.max(attempts.healthOf(this.#backend).retryAt, this.#troubledUntil) - clock.monotonic();
    if (pauseMs > 0) this.#wakeIn(pauseMs);
    return pauseMs > 0;
  }

  #wakeIn(ms: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.parts.clock.after(ms, () => {
      this.#cancelTimer = undefined;
      this.wake();
    });
  }

  async #sendDue(): Promise<void> {
    while (this.#running.size < this.parts.attempts.healthOf(this.#backend).concurrency) {
      if (this.#stop.signal.aborted || this.#isPaused()) return;
      if (this.#ahead.length === 0 && !(await this.#readAhead())) return;
      const stored = this.#ahead.shift();
      if (stored === undefined || this.#running.has(stored.delivery.id)) continue;
      const { id } = stored.delivery;
      // What comes of it is seen to there.
      this.#track(
        id,
        this.#sender.send(stored, (forward) => forward),
      ).catch(() => undefined);
    }
  }

  /** @returns whether there is more to send. */
  async #readAhead(): Promise<boolean> {
    const after = this.#readUpTo;
    const read = await this.parts.spool.owedTo(this.#backend.key, READ_AHEAD, after);
    // Something older may have come to be owed meanwhile.
    if (after !== this.#readUpTo) return true;
    this.#ahead = read;
    this.#readUpTo = read.at(-1)?.delivery.id ?? 0;
    return read.length > 0;
  }

  #startOver(): void {
    this.#ahead = [];
    this.#readUpTo = 0;
  }

  #track(id: number, attempt: Promise<AttemptResult | undefined>): Promise<AttemptResult | undefined> {
    this.#running.set(id, attempt);
    const ended = (failed: boolean) => {
      this.#running.delete(id);
      if (failed) this.#startOver();
      this.wake();
    };
    attempt.then(
      (result) => {
        ended(result !== undefined && !isServed(result));
      },
      (error: unknown) => {
        this.#trouble(error);
        ended(true);
      },
    );
    return attempt;
  }

  #trouble(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const { host } = this.#backend;
    this.parts.logger.error({ host, why: String(error) }, 'cannot send what is owed; trying again');
    this.#startOver();
    this.#troubledUntil = this.parts.clock.monotonic() + TROUBLE_PAUSE_MS;
    this.#wakeIn(TROUBLE_PAUSE_MS);
  }
}
