import { Inject, Injectable, Optional } from '@nestjs/common';

import { BackendRegistry } from '../backends/backend-registry.js';
import { type Backend } from '../model/backend.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type AttemptResult } from '../model/attempt.js';
import { attemptRecord } from '../model/attempt-record.js';
import { Clock } from '../clock/clock.js';
import { DrainService } from '../forwarding/lane/drain.service.js';
import { InflightBudget, type Reservation } from '../inflight/inflight-budget.js';
import { isOpen, reviveDead, reviveUnlessOwed, settle } from '../model/forward.js';
import { Spool } from '../spool/spool.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { DeliveryFinder } from './delivery-finder.js';
import { targetsOf } from './resend-targets.js';
import { type ResendBody } from './resend-body.pipe.js';

const ASK_GITHUB = 'ask GitHub for a redelivery';

/** Sends deliveries again because somebody asks for it. */
@Injectable()
export class ResendService {
  constructor(
    private readonly finder: DeliveryFinder,
    private readonly registry: BackendRegistry,
    private readonly drain: DrainService,
    private readonly budget: InflightBudget,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    @Optional() @Inject(Spool) private readonly spool?: Spool,
  ) {}

  /**
   * Sends a delivery once to those of its backends that are wanted, however old it is.
   * @returns it after the attempts, or after the time GitHub would be made to wait: then some may be running.
   * @throws SprayproxyError `delivery-unknown`, `payload-gone`, `forward-conflict`, `no-room`, `spool-failed`
   */
  async resend(id: string, wanted: ResendBody): Promise<StoredDelivery> {
    const known = await this.finder.get(id);
    const stored = await this.spool?.get(known.delivery.id);
    if (stored === undefined) {
      throw new SprayproxyError('payload-gone', `its payload is no longer kept: ${ASK_GITHUB}`);
    }
    const targets = targetsOf(stored, wanted, this.registry.list());
    const held = await this.#hold(stored);
    const prepare = wanted.accepted ? reviveUnlessOwed : reviveDead;
    let endings: { backend: Backend; ending: Promise<AttemptResult | undefined> }[];
    try {
      endings = targets.flatMap((backend) => {
        // There may have been a wait for room.
        if (!this.registry.has(backend)) return [];
        const ending = this.drain.queueOf(backend)?.sendNow(stored, held, prepare);
        return ending === undefined ? [] : [{ backend, ending }];
      });
    } finally {
      // Each attempt holds it for itself by now.
      held.room.release();
    }
    const results = new Map<string, AttemptResult>();
    await this.#ended(
      endings.map(async ({ backend, ending }) => {
        const result = await ending;
        if (result !== undefined) results.set(backend.key, result);
      }),
    );
    return (await this.finder.find(stored.delivery.id)) ?? this.#over(stored, results);
  }

  /** One copy of the payload for all attempts. */
  async #hold(stored: StoredDelivery): Promise<{ payload: Buffer; room: Reservation }> {
    const { id, payloadBytes } = stored.delivery;
    const room = await this.#reserve(payloadBytes);
    try {
      const payload = await this.spool?.payload(id);
      if (payload === undefined) throw new SprayproxyError('delivery-unknown', 'discarded meanwhile');
      return { payload, room };
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

  async #ended(endings: readonly Promise<void>[]): Promise<void> {
    let cancel: (() => void) | undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.clock.after(this.config.ackTimeoutMs, resolve);
    });
    await Promise.race([Promise.all(endings), timeout]).finally(cancel);
  }

  /**
   * A delivery that has left the spool and that no journal remembers.
   * @throws SprayproxyError `delivery-unknown`: it was discarded.
   */
  #over({ delivery, forwards }: StoredDelivery, results: ReadonlyMap<string, AttemptResult>): StoredDelivery {
    const after = forwards.map((forward) => {
      const result = results.get(forward.backend);
      if (result === undefined) return forward;
      const attempt = attemptRecord(result, this.clock.now());
      return settle(reviveUnlessOwed(forward), attempt, this.config.deliveryGuarantee);
    });
    if (after.some(isOpen)) throw new SprayproxyError('delivery-unknown', 'discarded meanwhile');
    return { delivery, forwards: after };
  }
}
