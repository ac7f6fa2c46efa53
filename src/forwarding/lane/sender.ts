import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter } from 'prom-client';

import { Clock } from '../../clock/clock.js';
import { SteadyClock } from '../../clock/steady-clock.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { InflightBudget } from '../../inflight/inflight-budget.js';
import { Logger } from '../../logging/logger.js';
import { CLAIMS_LOST, FORWARD_RETRIES } from '../../metrics/names.js';
import { type AttemptResult, loggedAttempt } from '../../model/attempt.js';
import { attemptRecord, guaranteeFor } from '../../model/attempt-record.js';
import { type Backend } from '../../model/backend.js';
import { type HeldPayload, type Message } from '../../model/delivery.js';
import { isRunning, type ShownState } from '../../model/forward.js';
import { Payload } from '../../model/payload.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { type Change, Spool } from '../../spool/spool.js';
import { forwardHeaders } from '../client/forward-headers.js';
import { logGivenUp } from './given-up.js';
import { ownFault } from './own-fault.js';
import { Signer } from './signer.js';

/** Pause before the spool, or room in memory, is asked for again after it failed. */
export const TROUBLE_PAUSE_MS = 1000;

/** Where an attempt is made. */
export interface SendingLane {
  readonly backend: Backend;
  /** Ends the wait for room. */
  readonly stopped: AbortSignal;
  isPaused(): boolean;
  /** @param id of the delivery */
  attempt(message: Message, id: number): Promise<AttemptResult>;
}

export interface Sending {
  readonly lane: SendingLane;
  readonly stored: StoredDelivery;
  /** States in which the forward may be; it is sent however old it is where it need not be owed. */
  readonly from?: readonly ShownState[];
  readonly held?: HeldPayload;
}

/** Makes one attempt at what is in the spool, and notes there what came of it. Knows no queue. */
@Injectable()
export class Sender {
  readonly #time: SteadyClock;
  #closing = false;

  constructor(
    private readonly spool: Spool,
    private readonly budget: InflightBudget,
    private readonly signer: Signer,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
    @InjectMetric(FORWARD_RETRIES) private readonly retries: Counter,
    @InjectMetric(CLAIMS_LOST) private readonly claimsLost: Counter,
  ) {
    this.#time = new SteadyClock(clock, config.maxForwardAgeMs);
  }

  /** The program is about to end: what cannot be noted is not tried for ever. */
  close(): void {
    this.#closing = true;
  }

  /**
   * @returns `undefined`: no attempt was made; the forward was discarded, is given up or owed to a backend that is paused, or
   *   somebody else has its claim.
   * @throws SprayproxyError `spool-failed`, `overload`
   */
  async send({ lane, stored, from = ['owed'], held }: Sending): Promise<AttemptResult | undefined> {
    const { id, receivedAt, payloadBytes, query } = stored.delivery;
    const { key } = lane.backend;
    if (lane.isPaused()) {
      await this.#oweInstead(id, key, from);
      return undefined;
    }
    const { owedSince = receivedAt } = stored.forwards.find(({ backend }) => backend === key) ?? {};
    if (held === undefined && this.#time.isPast(owedSince + this.config.maxForwardAgeMs)) {
      await this.#bury(id, key, 'older than SPRAYPROXY_RETRY_MAX_AGE');
      return undefined;
    }
    held?.room.retain();
    const room = held?.room ?? (await this.budget.reserve(payloadBytes, () => lane.stopped));
    let result: AttemptResult;
    try {
      const payload = held?.payload ?? (await this.#payload(id, key));
      // What was read ahead may have been sent, given up or discarded since.
      if (payload === undefined) return undefined;
      if (lane.isPaused()) {
        await this.#oweInstead(id, key, from);
        return undefined;
      }
      if (!(await this.#claim(id, key, from, held !== undefined))) return undefined;
      try {
        const rawHeaders = forwardHeaders(this.signer.headersOf(stored, payload, lane.backend));
        result = await lane.attempt({ payload, query, rawHeaders }, id);
      } catch (error) {
        // The claim must end in any case: this process would keep it for as long as it runs.
        result = ownFault(error, lane.backend, this.logger);
      }
    } finally {
      room.release();
    }
    this.retries.inc({ outcome: result.outcome });
    await this.settle(lane.backend, stored, result);
    return result;
  }

  /**
   * Notes what came of an attempt. What has been sent must not be sent again because the disk is full: it is tried until
   * it is noted.
   */
  async settle(backend: Backend, stored: StoredDelivery, result: AttemptResult): Promise<void> {
    const { id, guid, event } = stored.delivery;
    const fields = { deliveryId: id, delivery: guid, event, ...loggedAttempt(result) };
    if (result.outcome === 'accepted') this.logger.info(fields, 'owed forward sent');
    else this.logger.warn(fields, 'owed forward not taken');
    const rules = {
      guarantee: guaranteeFor(result, this.config.deliveryGuarantee),
      othersGotThrough: result.othersGotThrough === true,
    };
    const attempt = attemptRecord(result, this.clock.now());
    for (;;) {
      try {
        const change = await this.spool.settle(id, backend.key, attempt, rules);
        logGivenUp(this.logger, change);
        if (!ownClaimEnded(change, backend.key) && (await this.#isKept(id, backend.key))) {
          this.claimsLost.inc();
          this.logger.warn(fields, 'another process had taken this one for gone, and the attempt over');
        }
        return;
      } catch (error) {
        this.logger.error(
          { deliveryId: id, delivery: guid, event, host: backend.host, why: String(error) },
          'the outcome of an attempt cannot be written; trying again',
        );
        if (this.#closing) return;
        await new Promise<void>((resolve) => this.clock.after(TROUBLE_PAUSE_MS, resolve));
      }
    }
  }

  /** Somebody asked for it, however old it is, while its backend is paused. */
  async #oweInstead(id: number, backend: string, from: readonly ShownState[]): Promise<void> {
    if (from.every((state) => state === 'owed')) return;
    await this.spool.revive(id, [backend], from, this.clock.now());
  }

  /** @param joins whether an attempt that another process is making is waited for */
  async #claim(
    id: number,
    backend: string,
    from: readonly ShownState[],
    joins: boolean,
  ): Promise<Change | undefined> {
    for (;;) {
      const claimed = await this.spool.claim(id, backend, this.clock.now(), from);
      if (claimed !== undefined || !joins || !(await this.spool.untilUnclaimed(id, backend))) return claimed;
    }
  }

  /** Whether the spool still has the forward: nobody has discarded it. */
  async #isKept(id: number, backend: string): Promise<boolean> {
    const stored = await this.spool.get(id);
    return stored?.forwards.some((forward) => forward.backend === backend) === true;
  }

  /** The payload as GitHub sent it; `undefined`: it is gone, or damaged and given up. */
  async #payload(id: number, backend: string): Promise<Payload | undefined> {
    try {
      const bytes = await this.spool.payload(id);
      return bytes && Payload.of(bytes);
    } catch (error) {
      if (!(error instanceof SprayproxyError) || error.code !== 'payload-gone') throw error;
      await this.#bury(id, backend, error.message);
      return undefined;
    }
  }

  async #bury(id: number, backend: string, reason: string): Promise<void> {
    logGivenUp(this.logger, await this.spool.bury(id, [backend], reason));
  }
}

const ownClaimEnded = (change: Change | undefined, backend: string): boolean => {
  const runs = (stored?: StoredDelivery) =>
    stored?.forwards.some((forward) => forward.backend === backend && isRunning(forward)) === true;
  return runs(change?.before) && !runs(change?.after);
};
