import { Injectable } from '@nestjs/common';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { isOpen } from '../model/forward.js';
import { type StoredDelivery } from '../model/stored-delivery.js';

/** Remembers the latest deliveries that are over, in memory, so that somebody can be told what became of them. */
@Injectable()
export class Journal {
  readonly enabled: boolean;
  readonly #size: number;
  readonly #byId = new Map<number, StoredDelivery>();

  constructor(config: SprayproxyConfig) {
    this.enabled = config.deliveriesEnabled && config.journalSize > 0;
    this.#size = config.journalSize;
  }

  /** Keeps a delivery if it is over: the oldest goes when there are too many. */
  add(stored: StoredDelivery): void {
    if (!this.enabled || stored.forwards.some(isOpen)) return;
    this.#byId.delete(stored.delivery.id);
    this.#byId.set(stored.delivery.id, stored);
    const [oldest] = this.#byId.keys();
    if (this.#byId.size > this.#size && oldest !== undefined) this.#byId.delete(oldest);
  }

  get(id: number): StoredDelivery | undefined {
    return this.#byId.get(id);
  }

  /** All of them, the highest id first. */
  list(): StoredDelivery[] {
    return [...this.#byId.values()].sort((a, b) => b.delivery.id - a.delivery.id);
  }
}
