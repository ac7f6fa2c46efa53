import { type Backend } from '../backends/backend.js';
import { type SprayproxyConfig } from '../config/sprayproxy-config.js';
import { type InflightBudget, type Reservation } from '../inflight/inflight-budget.js';
import { type Logger } from '../logging/logger.js';
import { begin, bury, type Forward, revive, settle } from '../spool/forward.js';
import { type Journal } from '../spool/journal.js';
import { payloadDigest, type Spool, type StoredDelivery } from '../spool/spool.js';
import { type AttemptResult, isServed } from './attempt.js';
import { attemptRecord } from './attempt-record.js';
import { type AttemptService } from './attempt.service.js';
import { type Clock } from './clock.js';
import { forwardHeaders } from './forward-headers.js';

/** Forwards read from the spool at a time. */
const READ_AHEAD = 64;

/** Pause before the spool, or room in memory, is asked for again after it failed. */
const TROUBLE_PAUSE_MS = 1000;

export interface QueueParts {
  readonly spool: Spool;
  readonly attempts: AttemptService;
  readonly budget: InflightBudget;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly config: SprayproxyConfig;
  readonly logger: Logger;
  /** Hears of every attempt at what was owed. */
  readonly onRetry: (result: AttemptResult) => void;
}

/** A payload that is in memory already. */
interface HeldPayload {
  readonly payload: Buffer;
  readonly room: Reservation;
}

/**
 * What the spool owes one backend, sent oldest first: one attempt at first after a failure, more with every success,
 * none before its time. A forward is attempted once at a time, whoever asks.
 */
export class BackendQueue {
  /** The attempts that are running, by id of the delivery. */
  readonly #running = new Map<number, Promise<AttemptResult | undefined>>();
  readonly #stop = new AbortController();
  #ahead: StoredDelivery[] = [];
  /** The last delivery that was read ahead. */
  #readUpTo = 0;
  #pumping = false;
  #wakes = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly backend: Backend,
    private readonly parts: QueueParts,
  ) {}

  /** Whether new deliveries wait behind older ones. */
  get holdsBack(): boolean {
    const owed = this.parts.spool.counts().get(this.backend.key)?.owed ?? 0;
    return owed > 0 || this.parts.attempts.healthOf(this.backend).down;
  }

  /** Sends what is due. @param id of a delivery that is owed now and was not before. */
  wake(id = Infinity): void {
    if (id <= this.#readUpTo) this.#startOver();
    this.#wakes += 1;
    if (!this.#pumping) void this.#pump();
  }

  /** Takes over an attempt that was running when its forward was stored. */
  adopt(id: number, attempt: Promise<AttemptResult | undefined>): void {
    void this.#track(
      id,
      attempt.then(async (result) => {
        if (result !== undefined) await this.#settle(id, result);
        return result;
      }),
    );
  }

  /**
   * Sends a delivery now, whether its turn has come or not and whatever became of it before.
   * @returns `undefined`: it was discarded meanwhile, or is no longer owed.
   * @throws SprayproxyError `spool-failed`, `overload`: no attempt was made.
   */
  sendNow(stored: StoredDelivery, held?: HeldPayload): Promise<AttemptResult | undefined> {
    const { id } = stored.delivery;
    return this.#running.get(id) ?? this.#track(id, this.#send(stored, reviveUnlessOwed, held));
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
    const pauseMs = attempts.healthOf(this.backend).retryAt - clock.now();
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
    while (this.#running.size < this.parts.attempts.healthOf(this.backend).concurrency) {
      if (this.#stop.signal.aborted || this.#isPaused()) return;
      if (this.#ahead.length === 0 && !(await this.#readAhead())) return;
      const stored = this.#ahead.shift();
      if (stored === undefined || this.#running.has(stored.delivery.id)) continue;
      const { id } = stored.delivery;
      this.#track(
        id,
        this.#send(stored, (forward) => forward),
      ).catch((error: unknown) => {
        this.#trouble(error);
      });
    }
  }

  /** @returns whether there is more to send. */
  async #readAhead(): Promise<boolean> {
    const after = this.#readUpTo;
    const read = await this.parts.spool.owedTo(this.backend.key, READ_AHEAD, after);
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
      () => {
        ended(true);
      },
    );
    return attempt;
  }

  async #send(
    stored: StoredDelivery,
    prepare: (forward: Forward) => Forward,
    held?: HeldPayload,
  ): Promise<AttemptResult | undefined> {
    const { id, receivedAt, payloadBytes, query, rawHeaders } = stored.delivery;
    const { budget, clock, config, attempts } = this.parts;
    if (held === undefined && receivedAt + config.maxForwardAgeMs <= clock.now()) {
      await this.#bury(stored, 'older than SPRAYPROXY_RETRY_MAX_AGE');
      return undefined;
    }
    held?.room.retain();
    const room = held?.room ?? (await budget.reserve(payloadBytes, () => this.#stop.signal));
    try {
      const payload = held?.payload ?? (await this.#intactPayload(stored));
      if (payload === undefined) return undefined;
      // What was read ahead may have been sent, given up or discarded since.
      let owed = false;
      await this.#update(id, (forward) => {
        const prepared = prepare(forward);
        owed = prepared.state === 'owed';
        return owed ? begin(prepared, clock.now()) : forward;
      });
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the change above has run
      if (!owed) return undefined;
      const result = await attempts.attempt(this.backend, { payload, query }, forwardHeaders(rawHeaders));
      this.parts.onRetry(result);
      this.#log(stored, result);
      await this.#settle(id, result);
      return result;
    } finally {
      room.release();
    }
  }

  /** The payload as GitHub sent it; `undefined`: it is gone, or damaged and given up. */
  async #intactPayload(stored: StoredDelivery): Promise<Buffer | undefined> {
    const payload = await this.parts.spool.payload(stored.delivery.id);
    if (payload !== undefined && payloadDigest(payload) !== stored.delivery.payloadDigest) {
      await this.#bury(stored, 'its payload in the spool is damaged');
      return undefined;
    }
    return payload;
  }

  async #bury({ delivery: { id, guid, event } }: StoredDelivery, reason: string): Promise<void> {
    await this.#update(id, (forward) => bury(forward, reason));
    const { host } = this.backend;
    this.parts.logger.error({ deliveryId: id, delivery: guid, event, host, reason }, 'forward given up');
  }

  /** What has been sent must not be sent again because the disk is full: it is tried until it is noted. */
  async #settle(id: number, result: AttemptResult): Promise<void> {
    const { clock, config, journal, logger } = this.parts;
    const attempt = attemptRecord(result, clock.now());
    for (;;) {
      try {
        const after = await this.#update(id, (forward) => settle(forward, attempt, config.deliveryGuarantee));
        if (after !== undefined) journal.add(after);
        return;
      } catch (error) {
        logger.error({ why: String(error) }, 'the outcome of an attempt cannot be written; trying again');
        if (this.#stop.signal.aborted) return;
        await new Promise<void>((resolve) => clock.after(TROUBLE_PAUSE_MS, resolve));
      }
    }
  }

  #update(id: number, change: (forward: Forward) => Forward): Promise<StoredDelivery | undefined> {
    return this.parts.spool.update(id, change, [this.backend.key]);
  }

  #trouble(error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const { host } = this.backend;
    this.parts.logger.error({ host, why: String(error) }, 'cannot send what is owed; trying again');
    this.#startOver();
    this.#wakeIn(TROUBLE_PAUSE_MS);
  }

  #log({ delivery: { id, guid, event } }: StoredDelivery, result: AttemptResult): void {
    const { backend, ...rest } = result;
    const fields = { deliveryId: id, delivery: guid, event, host: backend.host, ...rest };
    if (result.outcome === 'accepted') this.parts.logger.info(fields, 'owed forward sent');
    else this.parts.logger.warn(fields, 'owed forward not taken');
  }
}

const reviveUnlessOwed = (forward: Forward): Forward =>
  forward.state === 'owed' ? forward : revive(forward);
