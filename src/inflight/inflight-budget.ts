import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Gauge, type Histogram } from 'prom-client';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../errors/sprayproxy-error.js';
import {
  INFLIGHT_MAX_BYTES,
  INFLIGHT_PAYLOAD_BYTES,
  INFLIGHT_WAIT_SECONDS,
  WAIT_RESULTS,
  type WaitResult,
} from '../metrics/metrics.js';

/** GitHub hangs up after 10 s: a webhook that waited longer would be answered too late. */
export const MAX_WAIT_MS = 5000;

interface Waiter {
  readonly bytes: number;
  readonly admit: () => void;
}

/** Room for one payload, given back when the last of those who hold it has let go. */
export class Reservation {
  #holders = 1;

  constructor(
    private readonly giveBack: (bytes: number) => void,
    private bytes: number,
  ) {}

  /** Gives back what turned out not to be needed. */
  shrinkTo(bytes: number): void {
    if (bytes === this.bytes) return;
    this.giveBack(this.bytes - bytes);
    this.bytes = bytes;
  }

  /** One more holder, who will `release` it too. */
  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.giveBack(this.bytes);
  }
}

/** Room for all payloads that are in memory at once, given out first come, first served. */
@Injectable()
export class InflightBudget {
  readonly #maxBytes: number;
  readonly #queue = new Set<Waiter>();
  #heldBytes = 0;

  constructor(
    config: SprayproxyConfig,
    @InjectMetric(INFLIGHT_PAYLOAD_BYTES) private readonly held: Gauge,
    @InjectMetric(INFLIGHT_MAX_BYTES) max: Gauge,
    @InjectMetric(INFLIGHT_WAIT_SECONDS) private readonly waits: Histogram,
  ) {
    this.#maxBytes = config.maxInflightBytes;
    max.set(this.#maxBytes);
    for (const result of WAIT_RESULTS) waits.zero({ result });
  }

  /**
   * Reserves room, waiting for it if need be. What is larger than all the room there is gets all of it: a payload in the
   * spool may have come when there was more.
   * @param signal ends the wait, if whoever wanted the room has gone.
   * @throws SprayproxyError `overload` after `MAX_WAIT_MS`; `payload-aborted`.
   */
  async reserve(wantedBytes: number, signal: () => AbortSignal): Promise<Reservation> {
    const bytes = Math.min(wantedBytes, this.#maxBytes);
    if (this.#queue.size > 0 || !this.#fits(bytes)) await this.#wait(bytes, signal());
    else this.#take(bytes);
    return new Reservation(this.#giveBack, bytes);
  }

  readonly #giveBack = (bytes: number): void => {
    this.#take(-bytes);
    for (const waiter of this.#queue) {
      if (!this.#fits(waiter.bytes)) return;
      this.#queue.delete(waiter);
      this.#take(waiter.bytes);
      waiter.admit();
    }
  };

  #fits(bytes: number): boolean {
    return this.#heldBytes + bytes <= this.#maxBytes;
  }

  #take(bytes: number): void {
    this.#heldBytes += bytes;
    this.held.set(this.#heldBytes);
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      const leave = (result: WaitResult, error?: SprayproxyError) => {
        clearTimeout(timer);
        this.waits.observe({ result }, (performance.now() - startedAt) / 1000);
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) {
          resolve();
          return;
        }
        this.#queue.delete(waiter);
        // Whoever stood behind may fit where this one did not.
        this.#giveBack(0);
        reject(error);
      };
      const onAbort = () => {
        leave('aborted', new SprayproxyError('payload-aborted', 'gone while waiting for room'));
      };
      const waiter: Waiter = {
        bytes,
        admit: () => {
          leave('admitted');
        },
      };
      const timer = setTimeout(() => {
        leave('refused', new SprayproxyError('overload', `no room for the payload within ${MAX_WAIT_MS} ms`));
      }, MAX_WAIT_MS);
      this.#queue.add(waiter);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
    });
  }
}
