import { Injectable } from '@nestjs/common';

import { BackendRegistry } from '../backends/backend-registry.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Payload } from '../model/payload.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type AttemptResult } from '../model/attempt.js';
import { attemptRecord } from '../model/attempt-record.js';
import { Clock } from '../clock/clock.js';
import { LanesService } from '../forwarding/lane/lanes.service.js';
import { resultsOf, type RunningAttempt, untilAnswer } from '../forwarding/lane/running-attempt.js';
import { InflightBudget, type Reservation } from '../inflight/inflight-budget.js';
import { FORWARD_STATES, isKept, MISSING_STATES, revive, settle, type ShownState } from '../model/forward.js';
import { Spool } from '../spool/spool.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { DeliveryFinder, type FoundDelivery } from './delivery-finder.js';
import { targetsOf } from './resend-targets.js';
import { type ResendBody } from './resend-body.pipe.js';

const ASK_GITHUB = 'ask GitHub for a redelivery';

/** Sends deliveries again because somebody asks for it. */
@Injectable()
export class ResendService {
  constructor(
    private readonly finder: DeliveryFinder,
    private readonly registry: BackendRegistry,
    private readonly lanes: LanesService,
    private readonly budget: InflightBudget,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    private readonly spool: Spool,
  ) {}

  /**
   * Sends a delivery once to those of its backends that are wanted, however old it is.
   * @returns it after the attempts, or after the time GitHub would be made to wait: then some may be running.
   * @throws SprayproxyError `delivery-unknown`, `payload-gone`, `forward-conflict`, `no-room`, `spool-failed`
   */
  async resend(id: string, wanted: ResendBody): Promise<FoundDelivery> {
    const known = await this.finder.get(id);
    const stored = await this.spool.get(known.delivery.id);
    if (stored === undefined) {
      throw new SprayproxyError('payload-gone', `its payload is no longer kept: ${ASK_GITHUB}`);
    }
    const targets = targetsOf(stored, wanted, this.registry.list());
    const held = await this.#hold(stored);
    const from: ShownState[] = [...(wanted.accepted ? FORWARD_STATES : MISSING_STATES)];
    if (wanted.backend !== undefined) from.push('filtered');
    let attempts: RunningAttempt[];
    try {
      attempts = targets
        // There may have been a wait for room.
        .filter((backend) => this.registry.has(backend))
        .map((backend) => this.lanes.of(backend).sendNow(stored, held, from));
    } finally {
      // Each attempt holds it for itself by now.
      held.room.release();
    }
    const until = this.clock.monotonic() + this.config.ackTimeoutMs;
    await untilAnswer(attempts, { clock: this.clock, until, untilFailure: false });
    return (await this.finder.find(stored.delivery.id)) ?? this.#over(stored, resultsOf(attempts));
  }

  /** One copy of the payload for all attempts. */
  async #hold(stored: StoredDelivery): Promise<{ payload: Payload; room: Reservation }> {
    const { id, payloadBytes } = stored.delivery;
    const room = await this.#reserve(payloadBytes);
    try {
      const bytes = await this.spool.payload(id);
      if (bytes === undefined) throw new SprayproxyError('delivery-unknown', 'discarded meanwhile');
      return { payload: Payload.of(bytes), room };
    } catch (error) {
      room.release();
      throw error;
    }
  }

  /** Nobody's webhook is turned away when there is no room: it must not be counted as one. */
  async #reserve(bytes: number): Promise<Reservation> {
    try {
      return await this.budget.reserve(bytes, () => new AbortController().signal);
    } catch (error) {
      throw error instanceof SprayproxyError ? new SprayproxyError('no-room', error.message) : error;
    }
  }

  /**
   * A delivery that has left the spool and that no journal remembers.
   * @throws SprayproxyError `delivery-unknown`: it was discarded.
   */
  #over({ delivery, forwards }: StoredDelivery, results: readonly AttemptResult[]): FoundDelivery {
    const rules = { guarantee: this.config.deliveryGuarantee, othersGotThrough: false };
    const after = forwards.map((forward) => {
      const result = results.find(({ backend }) => backend.key === forward.backend);
      if (result === undefined) return forward;
      return settle(revive(forward), attemptRecord(result, this.clock.now()), rules);
    });
    if (after.some(isKept)) throw new SprayproxyError('delivery-unknown', 'discarded meanwhile');
    return { delivery, forwards: after, payloadKept: false };
  }
}
