import { type Backend } from '../../model/backend.js';
import { type SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type InflightBudget } from '../../inflight/inflight-budget.js';
import { type Logger } from '../../logging/logger.js';
import { begin, bury, type Forward, settle } from '../../model/forward.js';
import { type Journal } from '../../spool/journal.js';
import { type Spool } from '../../spool/spool.js';
import { type DeliveryRecord, type StoredDelivery } from '../../model/stored-delivery.js';
import { type Room } from '../../model/delivery.js';
import { type AttemptResult, loggedAttempt } from '../../model/attempt.js';
import { attemptRecord } from '../../model/attempt-record.js';
import { type AttemptService } from './attempt.service.js';
import { type Clock } from '../../clock/clock.js';
import { forwardHeaders } from '../client/forward-headers.js';
import { updateForwards } from './given-up.js';

/** Pause before the spool, or room in memory, is asked for again after it failed. */
export const TROUBLE_PAUSE_MS = 1000;

export interface SenderParts {
  readonly spool: Spool;
  readonly attempts: AttemptService;
  readonly budget: InflightBudget;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly config: SprayproxyConfig;
  readonly logger: Logger;
  /** Whether the program is about to end. */
  readonly isClosing: () => boolean;
  /** Hears of every attempt at what was owed. */
  readonly onRetry: (result: AttemptResult) => void;
}

/** A payload that is in memory already. */
export interface HeldPayload {
  readonly payload: Buffer;
  readonly room: Room;
}

/** Makes attempts at what the spool owes one backend, and notes in the spool what came of them. */
export class ForwardSender {
  constructor(
    private readonly backend: Backend,
    private readonly parts: SenderParts,
    private readonly stopped: AbortSignal,
  ) {}

  /**
   * @param prepare what becomes of the forward before the attempt
   * @returns `undefined`: no attempt was made; it was discarded or is given up.
   * @throws SprayproxyError `spool-failed`, `overload`
   */
  async send(
    stored: StoredDelivery,
    prepare: (forward: Forward) => Forward,
    held?: HeldPayload,
  ): Promise<AttemptResult | undefined> {
    const { receivedAt, payloadBytes, query, rawHeaders } = stored.delivery;
    const { budget, clock, config, attempts } = this.parts;
    if (held === undefined && receivedAt + config.maxForwardAgeMs <= clock.now()) {
      await this.#bury(stored, 'older than SPRAYPROXY_RETRY_MAX_AGE');
      return undefined;
    }
    held?.room.retain();
    let result: AttemptResult;
    const room = held?.room ?? (await budget.reserve(payloadBytes, () => this.stopped));
    try {
      const payload = held?.payload ?? (await this.#payload(stored));
      if (payload === undefined) return undefined;
      // What was read ahead may have been sent, given up or discarded since.
      let begun: StoredDelivery | undefined;
      await this.#update(stored.delivery, (forward) => {
        const prepared = prepare(forward);
        if (prepared.state !== 'owed') return forward;
        begun = stored;
        return begin(prepared, clock.now());
      });
      if (begun === undefined) return undefined;
      result = await attempts.attempt(this.backend, { payload, query }, forwardHeaders(rawHeaders));
    } finally {
      room.release();
    }
    this.parts.onRetry(result);
    await this.conclude(stored, result);
    return result;
  }

  /** The payload as GitHub sent it; `undefined`: it is gone, or damaged and given up. */
  async #payload(stored: StoredDelivery): Promise<Buffer | undefined> {
    try {
      return await this.parts.spool.payload(stored.delivery.id);
    } catch (error) {
      if (!(error instanceof SprayproxyError) || error.code !== 'payload-gone') throw error;
      await this.#bury(stored, error.message);
      return undefined;
    }
  }

  async #bury({ delivery }: StoredDelivery, reason: string): Promise<void> {
    await this.#update(delivery, (forward) => bury(forward, reason));
  }

  /**
   * Notes what came of an attempt. What has been sent must not be sent again because the disk is full: it is tried until
   * it is noted.
   */
  async conclude(stored: StoredDelivery, result: AttemptResult): Promise<void> {
    this.#log(stored, result);
    const { id, guid, event } = stored.delivery;
    const { clock, config, journal, logger } = this.parts;
    const attempt = attemptRecord(result, clock.now());
    for (;;) {
      try {
        await this.#update(
          stored.delivery,
          (forward) => settle(forward, attempt, config.deliveryGuarantee),
          (after) => {
            journal.add(after);
          },
        );
        return;
      } catch (error) {
        logger.error(
          { deliveryId: id, delivery: guid, event, host: this.backend.host, why: String(error) },
          'the outcome of an attempt cannot be written; trying again',
        );
        if (this.parts.isClosing()) return;
        await new Promise<void>((resolve) => clock.after(TROUBLE_PAUSE_MS, resolve));
      }
    }
  }

  #update(
    delivery: DeliveryRecord,
    change: (forward: Forward) => Forward,
    beforeSeen?: (after: StoredDelivery) => void,
  ): Promise<StoredDelivery | undefined> {
    return updateForwards(this.parts, delivery, change, [this.backend.key], beforeSeen);
  }

  #log({ delivery: { id, guid, event } }: StoredDelivery, result: AttemptResult): void {
    const fields = { deliveryId: id, delivery: guid, event, ...loggedAttempt(result) };
    if (result.outcome === 'accepted') this.parts.logger.info(fields, 'owed forward sent');
    else this.parts.logger.warn(fields, 'owed forward not taken');
  }
}
