import { type AttemptResult, isServed } from '../../model/attempt.js';
import { type Backend } from '../../model/backend.js';
import { type Delivery, type HeldPayload, type Message } from '../../model/delivery.js';
import { type ShownState } from '../../model/forward.js';
import { Identity } from '../../model/identity.js';
import { type IdentityMap } from '../../model/identity-map.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { BackendHealth } from './backend-health.js';
import { Drain } from './drain.js';
import { type LaneParts } from './lane-parts.js';
import { notMade } from './not-made.js';
import { ownFault } from './own-fault.js';
import { Pace } from './pace.js';
import { ReadAhead } from './read-ahead.js';
import { RecentAttempts } from './recent-attempts.js';
import { RunningAttempt } from './running-attempt.js';
import { type Sending, TROUBLE_PAUSE_MS } from './sender.js';
import { Slots } from './slots.js';
import { Unwanted } from './unwanted.js';

/**
 * Everything about one backend: what runs, what is owed, and how it fares. Every attempt at it begins here, whoever wants
 * it, and a delivery is attempted once at a time.
 */
export class Lane {
  readonly health: BackendHealth;
  readonly recent: RecentAttempts;
  readonly #stop = new AbortController();
  readonly #unwanted: Unwanted;
  readonly #ahead: ReadAhead;
  readonly #drain: Drain;
  readonly #slots: Slots;
  #removed = false;

  /** @param running the attempts at the backend that run, those of an earlier lane of its included */
  constructor(
    readonly backend: Backend,
    private readonly parts: LaneParts,
    private readonly running: IdentityMap<RunningAttempt>,
  ) {
    const { clock, config, spool } = parts;
    const limits = { minMs: config.minRetryDelayMs, maxMs: config.maxRetryDelayMs };
    this.health = new BackendHealth(clock, { ...limits, maxConcurrency: config.drainConcurrency });
    this.recent = new RecentAttempts(clock);
    this.#unwanted = new Unwanted(clock, limits);
    this.#ahead = new ReadAhead(spool, backend.key);
    this.#slots = new Slots(clock, config.maxAttemptsAtOnce, config.attemptTimeoutMs);
    this.#drain = new Drain({
      clock,
      health: this.health,
      unwanted: this.#unwanted,
      ahead: this.#ahead,
      pace: new Pace(clock, config.drainRate),
      stopped: this.stopped,
      room: () =>
        !this.isPaused() && spool.fault === undefined && spool.drains(backend.key)
          ? Math.min(this.health.concurrency - this.running.size, this.#slots.free)
          : 0,
      isRunning: ({ delivery }) => this.running.get(Identity.ofRecord(delivery)) !== undefined,
      isOwed: async (id) => {
        const stored = await spool.get(id);
        return (
          stored?.forwards.some((each) => each.backend === backend.key && each.state === 'owed') === true
        );
      },
      begin: (stored) => {
        this.#track(Identity.ofRecord(stored.delivery), this.#attemptStored(stored, {}));
      },
      onTrouble: (error) => {
        this.#trouble(error);
      },
    });
  }

  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Whether no attempt may begin: what comes in is owed. One that runs goes on. */
  isPaused(): boolean {
    return this.parts.pauses.holds(this.backend.key);
  }

  /** Whether a webhook that comes in now waits behind what is older, or for the backend to be back. */
  get holdsBack(): boolean {
    const { spool } = this.parts;
    if (this.isPaused()) return true;
    if (!spool.keeps || spool.fault !== undefined) return false;
    if (this.#slots.free <= 0) return true;
    const drains = spool.drains(this.backend.key);
    // Another process finds out whether the backend is back, unless nothing is owed that could show.
    if (this.health.down) return drains || this.#waiting > 0 || !this.health.mayProbe;
    // What is owed is slowed down for the backend's sake, and nobody new waits for that.
    if (this.parts.config.drainRate !== undefined) return false;
    return this.#waiting > (drains ? this.#unwanted.aloneCount : 0);
  }

  /** Whether it is time to look if the backend is back, and nothing that is owed could show. */
  get mayProbe(): boolean {
    return !this.isPaused() && this.#owed === 0 && this.health.mayProbe;
  }

  /** What is owed and not being sent: what is being sent, newer ones need not wait for. */
  get #waiting(): number {
    const { owed, running } = this.parts.spool.counts().get(this.backend.key) ?? { owed: 0, running: 0 };
    return owed - running;
  }

  get #owed(): number {
    return this.parts.spool.counts().get(this.backend.key)?.owed ?? 0;
  }

  /**
   * Takes a delivery that came in.
   * @returns the attempt, joined if one is running; `undefined`: it is held back, to be owed.
   */
  offer(delivery: Delivery): RunningAttempt | undefined {
    const running = this.running.get(delivery.identity);
    return running === undefined && this.holdsBack ? undefined : this.sendPast(delivery);
  }

  /**
   * The same, though others wait: somebody asked for this one, or it is to show whether the backend is back. While the backend is
   * paused it is held back too.
   */
  sendPast(delivery: Delivery): RunningAttempt | undefined {
    const running = this.running.get(delivery.identity);
    if (running !== undefined || this.isPaused()) return running;
    delivery.room.retain();
    return this.#track(delivery.identity, this.attempt(delivery), delivery.room);
  }

  /**
   * Sends a delivery of the spool now, whether its turn has come or not and however old it is. An attempt that is running
   * is joined; its claim may be lost to somebody else's. While the backend is paused it is owed instead, and the attempt comes to
   * nothing.
   * @param from states in which the forward may be
   */
  sendNow(stored: StoredDelivery, held: HeldPayload, from: readonly ShownState[]): RunningAttempt {
    const identity = Identity.ofRecord(stored.delivery);
    const before = this.running.get(identity);
    if (before === undefined) return this.#track(identity, this.#attemptStored(stored, { held, from }));
    held.room.retain();
    const joined = before.over().then(
      // One that comes to nothing waited for room, which is here, or found the forward too old, which is no matter.
      () => {
        this.running.remove(identity, before);
        return before.result ?? this.sendNow(stored, held, from).ending;
      },
    );
    return new RunningAttempt(
      this.backend,
      before.startedAt,
      joined.finally(() => {
        held.room.release();
      }),
    );
  }

  /** Has what comes of a running attempt noted in the spool. @param storing rejects: it is not kept there. */
  settleLater(attempt: RunningAttempt, storing: Promise<StoredDelivery>): void {
    const ending = attempt.ending.catch(() => undefined);
    const settling = Promise.all([ending, storing]).then(([result, stored]) =>
      // The claim must end also where none was made: it was joined, and the forward it was for is discarded.
      this.parts.sender.settle(
        this.backend,
        stored,
        result ?? notMade(this.backend, 'the attempt that it waited for was not made'),
      ),
    );
    attempt.followUp = Promise.allSettled([attempt.followUp, settling]);
  }

  /** Sends what is due. @param id of a delivery that is owed now and was not before */
  wake(id = Infinity): void {
    this.#ahead.add(id);
    this.#drain.wake();
  }

  /** The backend is no longer paused: it is as if it had just come. */
  resume(): void {
    this.health.startOver();
    this.#ahead.startOver();
    this.wake();
  }

  /** Begins no more attempts. Resolves when those that are running are over. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.running.values()].map((attempt) => attempt.over()));
  }

  /** The same, for good: the backend is no longer registered. */
  remove(): Promise<void> {
    this.#removed = true;
    return this.stop();
  }

  /** One try. @param id of the delivery, if it is in the spool */
  async attempt(message: Message, id?: number): Promise<AttemptResult> {
    const timeoutMs = this.#slots.free > 0 ? this.#slots.take() : await this.#slots.takeInTurn();
    if (timeoutMs === undefined)
      return notMade(this.backend, 'no turn in time: too many attempts are running');
    try {
      if (this.#isRemoved()) {
        return { ...notMade(this.backend, 'the backend is no longer registered'), withdrawn: true };
      }
      // It was not when this one was begun with: it has waited for its turn since.
      if (this.isPaused()) return notMade(this.backend, 'the backend is paused');
      this.health.begin();
      const beganAt = this.parts.clock.monotonic();
      const attempt = await this.parts.client
        .attempt(this.backend, message, timeoutMs)
        .catch((error: unknown) => ownFault(error, this.backend, this.parts.logger));
      const result = this.#judge(attempt, beganAt, id);
      if (this.parts.config.deliveriesEnabled) this.recent.record(result);
      if (!this.#isRemoved()) this.parts.onResult(this.backend, this.health, result);
      return result;
    } finally {
      this.#slots.give();
    }
  }

  #isRemoved(): boolean {
    return this.#removed;
  }

  /** What an attempt says of the backend, and what of the delivery. */
  #judge(result: AttemptResult, beganAt: number, id: number | undefined): AttemptResult {
    const { health } = this;
    const unwanted = this.#unwanted;
    if (isServed(result) || id === undefined) {
      health.observe(result);
      if (result.outcome === 'accepted' && unwanted.accepted(id)) this.#ahead.startOver();
      return result;
    }
    const othersGotThrough = health.acceptedSince(unwanted.previousBegan(id, beganAt));
    if (unwanted.isAlone(id) && result.status !== undefined) health.disregard();
    else health.observe(result);
    unwanted.failed(id, result, beganAt, othersGotThrough);
    return { ...result, othersGotThrough };
  }

  #attemptStored(
    stored: StoredDelivery,
    how: Omit<Sending, 'lane' | 'stored'>,
  ): Promise<AttemptResult | undefined> {
    const sending = this.parts.sender.send({ lane: this, stored, ...how });
    sending.catch((error: unknown) => {
      this.#trouble(error);
    });
    return sending;
  }

  /** Keeps an attempt among those that run until nothing more is to be done about it. @param room held until it ends */
  #track(
    identity: Identity,
    ending: Promise<AttemptResult | undefined>,
    room?: HeldPayload['room'],
  ): RunningAttempt {
    const onOver = () => {
      this.running.remove(identity, attempt);
      if (this.#owed === 0) this.#unwanted.clear();
      const { result, followUp } = attempt;
      // The drain has passed over it while it ran, whoever began it.
      if (result === undefined ? followUp !== undefined : !isServed(result)) this.#ahead.startOver();
      // Where nothing came of it somebody else has its claim: asking again and again would not change that.
      const isOver = result !== undefined || followUp !== undefined;
      // What others have come to owe may not be counted yet.
      if (this.#drain.waitsForRoom || (this.#owed > 0 && isOver)) this.#drain.wake();
    };
    const attempt = new RunningAttempt(this.backend, this.parts.clock.now(), ending, () => {
      room?.release();
      if (attempt.followUp === undefined) onOver();
      else void attempt.over().then(onOver);
    });
    this.running.add(identity, attempt);
    return attempt;
  }

  #trouble(error: unknown): void {
    if (this.stopped.aborted) return;
    const { host } = this.backend;
    this.parts.logger.error({ host, why: String(error) }, 'cannot send what is owed; trying again');
    this.#ahead.startOver();
    this.#drain.pause(TROUBLE_PAUSE_MS);
  }
}
