import { Injectable } from '@nestjs/common';

import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Logger } from '../logging/logger.js';
import { attemptRecord } from '../model/attempt-record.js';
import { type Backend } from '../model/backend.js';
import { type Delivery } from '../model/delivery.js';
import { bury, filteredForward } from '../model/forward.js';
import { type Identity } from '../model/identity.js';
import { IdentityMap } from '../model/identity-map.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type NewDelivery, type StoredDelivery } from '../model/stored-delivery.js';
import { Spool } from '../spool/spool.js';
import { type Filtered } from './filtering.js';
import { logGivenUp } from './lane/given-up.js';
import { LanesService } from './lane/lanes.service.js';
import { recordOf } from './lane/record-of.js';
import { missing, resultsOf, type RunningAttempt } from './lane/running-attempt.js';
import { RecentDeliveries } from './recent/recent-deliveries.js';
import { type Failed, type Kept, type Served } from '../model/report.js';

/** From its arrival. GitHub takes it for failed after 10 s, and is to hear of that from us. */
const STORE_WITHIN_MS = 9000;

/** Who is to get a delivery. */
export interface Targets {
  readonly backends: readonly Backend[];
  /** Those that it is not for. */
  readonly filtered?: readonly Filtered[];
  /** Of the delivery that this one repeats, where some miss it and nobody keeps it. */
  readonly before?: StoredDelivery;
  readonly fillsGaps: boolean;
  /** Keys of those to whom another process will send it. */
  readonly elsewhere?: readonly string[];
  /** What it is known by, if it came before. */
  readonly id?: number;
}

/** A delivery on its way. */
export interface FanOut {
  readonly delivery: Delivery;
  /** Ms since the epoch. */
  readonly receivedAt: number;
  /** What it is kept or remembered under, if it is. */
  readonly id: number;
  readonly targets: Targets;
  readonly attempts: RunningAttempt[];
}

/** Sees to what a fan-out leaves: on disk what is missing, in memory what is over or what nothing keeps. */
@Injectable()
export class RemainsService {
  /** What was rejected and is being kept. */
  readonly #keeping = new IdentityMap<Promise<void>>();

  constructor(
    private readonly lanes: LanesService,
    private readonly recent: RecentDeliveries,
    private readonly spool: Spool,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
  ) {}

  /** Keeps what is missing. @returns why it could not be kept, if so */
  async keep(fanOut: FanOut): Promise<Kept | SprayproxyError> {
    const { id, delivery, targets, attempts } = fanOut;
    const storing = this.spool.store(this.#recordOf(fanOut), delivery.payload.bytes, {
      id,
      awaited: true,
      until: delivery.arrivedAt + STORE_WITHIN_MS,
    });
    for (const attempt of attempts) {
      if (!attempt.ended) this.lanes.of(attempt.backend).settleLater(attempt, storing);
    }
    try {
      const stored = await storing;
      if (targets.before !== undefined) this.recent.drop(id);
      logGivenUp(this.logger, { before: { ...stored, forwards: [] }, after: stored });
      return {
        kind: 'kept',
        id: stored.delivery.id,
        ...commonOf(fanOut),
        ...openAmong(targets.backends, attempts, stored),
      };
    } catch (error) {
      if (error instanceof SprayproxyError) return error;
      throw error;
    }
  }

  /** Every backend has answered. @param mayBeStored whether the spool may have it, and is to hear of the answers */
  served(fanOut: FanOut, mayBeStored = false): Served {
    const { attempts, targets, delivery } = fanOut;
    const { id } = targets;
    const common = { kind: 'served', ...commonOf(fanOut), ...(id !== undefined && { id }) } as const;
    const rejected = attempts.some(({ result }) => result?.outcome === 'rejected');
    const isOfUse = rejected || mayBeStored || targets.before !== undefined || this.recent.remembersAll;
    if (!isOfUse) return common;
    const record = this.#remember(fanOut, this.#recordOf(fanOut), false);
    if (rejected) {
      const keeping = this.#keepRejected(delivery, record);
      this.#keeping.add(delivery.identity, keeping);
      void keeping.finally(() => {
        this.#keeping.remove(delivery.identity, keeping);
      });
    }
    return { ...common, id: record.delivery.id };
  }

  /** Who asks now what is known of a delivery finds it neither in memory for sure nor in the spool. Never rejects. */
  keeping(identity: Identity): Promise<void> | undefined {
    return this.#keeping.get(identity);
  }

  /** Its sender is told, and nobody waits for this but the next of the same. */
  async #keepRejected({ payload, room }: Delivery, record: StoredDelivery): Promise<void> {
    const { id, ...delivery } = record.delivery;
    room.retain();
    try {
      await this.spool.store({ ...record, delivery }, payload.bytes, { id });
      this.recent.drop(id);
    } catch (error) {
      if (this.spool.keeps)
        this.logger.warn({ deliveryId: id, why: String(error) }, 'what was rejected is not kept');
    } finally {
      room.release();
    }
  }

  /** @param fault why nothing is kept */
  failed(fanOut: FanOut, fault: SprayproxyError): Failed {
    const { attempts, targets } = fanOut;
    const { delivery, forwards } = this.#recordOf(fanOut);
    const given = forwards.map((forward) => bury(forward, 'nothing keeps it: ask GitHub for a redelivery'));
    const { id } = this.#remember(fanOut, { delivery, forwards: given }, true).delivery;
    for (const { backend, ending, ended } of attempts) {
      if (ended) continue;
      void ending.then(
        (result) => {
          if (result !== undefined)
            this.recent.settleLate(id, backend.key, attemptRecord(result, this.clock.now()));
        },
        () => undefined,
      );
    }
    const owed = missing(targets.backends, attempts);
    return { kind: 'failed', id, ...commonOf(fanOut), owed, fault };
  }

  #recordOf({ targets, ...fanOut }: FanOut): NewDelivery {
    const { backends, elsewhere = [], filtered = [], before } = targets;
    const keys = [...backends.map(({ key }) => key), ...elsewhere];
    const leftOut = filtered.map(({ backend, by }) => filteredForward(backend.key, by));
    return recordOf({ ...fanOut, targets: keys, leftOut, before }, this.config.deliveryGuarantee);
  }

  #remember({ id }: FanOut, record: NewDelivery, awaited: boolean): StoredDelivery {
    const stored = { ...record, delivery: { id, ...record.delivery } };
    this.recent.remember(stored, awaited);
    return stored;
  }
}

const commonOf = ({ attempts, targets: { fillsGaps, filtered } }: FanOut) => ({
  attempts: resultsOf(attempts),
  fillsGaps,
  ...(filtered !== undefined && { filtered: filtered.map(({ backend }) => backend) }),
});

/** The backends that miss a delivery that is kept: those it will be sent to, and those of which it is dead. */
export function openAmong(
  backends: readonly Backend[],
  attempts: readonly RunningAttempt[],
  { forwards }: StoredDelivery,
): Pick<Kept, 'owed' | 'dead'> {
  const dead = new Set(forwards.filter(({ state }) => state === 'dead').map(({ backend }) => backend));
  const open = missing(backends, attempts);
  return { owed: open.filter(({ key }) => !dead.has(key)), dead: open.filter(({ key }) => dead.has(key)) };
}
