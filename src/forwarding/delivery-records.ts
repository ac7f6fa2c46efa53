import { Inject, Injectable, Optional } from '@nestjs/common';

import { type Backend } from '../model/backend.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { begin, type Forward, newForward, settle } from '../model/forward.js';
import { Spool } from '../spool/spool.js';
import { type DeliveryRecord, payloadDigest, type StoredDelivery } from '../model/stored-delivery.js';
import { attemptRecord } from '../model/attempt-record.js';
import { type Delivery } from '../model/delivery.js';
import { repositoryOf } from '../model/repository-of.js';
import { type Try } from './lane/try.js';

/** Makes of a fan-out what is kept of it. */
@Injectable()
export class DeliveryRecords {
  #lastId = 0;

  constructor(
    private readonly config: SprayproxyConfig,
    @Optional() @Inject(Spool) private readonly spool?: Spool,
  ) {}

  /**
   * @param receivedAt ms since the epoch
   * @param tries a target without one was not tried
   */
  of(
    delivery: Delivery,
    receivedAt: number,
    targets: readonly Backend[],
    tries: readonly Try[],
  ): StoredDelivery {
    const byKey = new Map(tries.map((started) => [started.backend.key, started]));
    const forwards = targets.map(({ key }): Forward => {
      const started = byKey.get(key);
      if (started === undefined) return newForward(key);
      const { result, startedAt } = started;
      if (result === undefined) return begin(newForward(key), startedAt);
      const attempt = attemptRecord(result, startedAt + result.durationMs);
      return settle(newForward(key), attempt, this.config.deliveryGuarantee);
    });
    return { delivery: this.#record(delivery, receivedAt), forwards };
  }

  #record(delivery: Delivery, receivedAt: number): DeliveryRecord {
    const { guid, event, requestId, payload, query, rawHeaders } = delivery;
    const repository = repositoryOf(payload);
    return {
      id: this.#nextId(receivedAt),
      ...(guid !== undefined && { guid }),
      ...(event !== undefined && { event }),
      ...(repository !== undefined && { repository }),
      ...(requestId !== undefined && { requestId }),
      receivedAt,
      query,
      rawHeaders,
      payloadBytes: payload.length,
      payloadDigest: payloadDigest(payload),
    };
  }

  /** Greater than every one before, though the clock were set back. */
  #nextId(receivedAt: number): number {
    this.#lastId = Math.max(this.#lastId + 1, (this.spool?.lastId ?? 0) + 1, Math.floor(receivedAt) * 1000);
    return this.#lastId;
  }
}
