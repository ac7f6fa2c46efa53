import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Gauge, type Histogram } from 'prom-client';

import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import {
  INFLIGHT_MAX_BYTES,
  INFLIGHT_PAYLOAD_BYTES,
  INFLIGHT_WAIT_SECONDS,
  WAIT_RESULTS,
  type WaitResult,
} from '../metrics/names.js';

/** GitHub hangs up after 10 s: a webhook that waited longer would be answered too late. */
export const MAX_WAIT_MS = 5000;

/** Most webhooks are some 20 KiB. Larger ones, and those that do not tell, must not hold these up. */
export const MAX_SMALL_BYTES = 1024 * 1024;

/** Part of the room that is kept for small payloads. */
const SMALL_SHARE = 1 / 8;

const isSmall = (bytes: number): boolean => bytes <= MAX_SMALL_BYTES;

interface Waiter {
  readonly bytes: number;
  readonly admit: () => void;
}

/** Room for one payload, given back when the last of those who hold it has let go. */
export class Reservation {
  #holders = 1;
  readonly #small: boolean;

  constructor(
    private readonly giveBack: (bytes: number, small: boolean) => void,
    private bytes: number,
  ) {
    this.#small = isSmall(bytes);
  }

  /** Gives back what turned out not to be needed. */
  shrinkTo(bytes: number): void {
    if (bytes === this.bytes) return;
    this.giveBack(this.bytes - bytes, this.#small);
    this.bytes = bytes;
  }

  /** One more holder, who will `release` it too. */
  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders === 0) this.giveBack(this.bytes, this.#small);
  }
}

/**
 * Room for all payloads that are in memory at once, given out first come, first served; but a small one does not wait
 * behind a large one as long as the part that is kept for small ones lasts.
 */
@Injectable()
export class InflightBudget {
  readonly #maxBytes: number;
  readonly #keptForSmallBytes: number;
  readonly #queue = new Set<Waiter>();
  #heldBytes = 0;
  #heldBySmallBytes = 0;

  constructor(
    config: SprayproxyConfig,
    private readonly clock: Clock,
    @InjectMetric(INFLIGHT_PAYLOAD_BYTES) private readonly held: Gauge,
    @InjectMetric(INFLIGHT_MAX_BYTES) max: Gauge,
    @InjectMetric(INFLIGHT_WAIT_SECONDS) private readonly waits: Histogram,
  ) {
    this.#maxBytes = config.maxInflightBytes;
    // The largest one must find room as well.
    this.#keptForSmallBytes = Math.min(this.#maxBytes * SMALL_SHARE, this.#maxBytes - config.maxPayloadBytes);
    max.set(this.#maxBytes);
    for (const result of WAIT_RESULTS) waits.zero({ result });
  }

  /**
   * Reserves room, waiting for it if need be. What is larger than all the room there is for its size gets all of
   * that: a payload in the spool may have come when there was more.
   * @param signal ends the wait, if whoever wanted the room has gone.
   * @throws SprayproxyError `overload` after `MAX_WAIT_MS`; `payload-aborted`.
   */
  async reserve(wantedBytes: number, signal: () => AbortSignal): Promise<Reservation> {
    const bytes = isSmall(wantedBytes)
      ? Math.min(wantedBytes, this.#maxBytes)
      : Math.min(wantedBytes, this.#maxBytes - this.#keptForSmallBytes);
    if (this.#fits(bytes, this.#queue.size > 0)) this.#take(bytes, isSmall(bytes));
    else await this.#wait(bytes, signal());
    return new Reservation(this.#giveBack, bytes);
  }

  readonly #giveBack = (bytes: number, small: boolean): void => {
    this.#take(-bytes, small);
    let othersWait = false;
    for (const waiter of this.#queue) {
      if (this.#fits(waiter.bytes, othersWait)) {
        this.#queue.delete(waiter);
        this.#take(waiter.bytes, isSmall(waiter.bytes));
        waiter.admit();
      } else {
        othersWait = true;
        if (this.#heldBySmallBytes >= this.#keptForSmallBytes) return;
      }
    }
  };

  /** @param othersWait whether somebody came before, and waits */
  #fits(bytes: number, othersWait: boolean): boolean {
    const ofKeptBytes = Math.max(0, this.#keptForSmallBytes - this.#heldBySmallBytes);
    if (isSmall(bytes) && ofKeptBytes > 0 && bytes <= ofKeptBytes) {
      return this.#heldBytes + bytes <= this.#maxBytes;
    }
    if (othersWait) return false;
    const freeBytes = this.#maxBytes - this.#heldBytes;
    return bytes <= (isSmall(bytes) ? freeBytes : freeBytes - ofKeptBytes);
  }

  #take(bytes: number, small: boolean): void {
    this.#heldBytes += bytes;
    if (small) this.#heldBySmallBytes += bytes;
    this.held.set(this.#heldBytes);
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const startedAt = this.clock.monotonic();
      const leave = (result: WaitResult, error?: SprayproxyError) => {
        cancelTimer();
        this.waits.observe({ result }, (this.clock.monotonic() - startedAt) / 1000);
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) {
          resolve();
          return;
        }
        this.#queue.delete(waiter);
        // Whoever stood behind may fit where this one did not.
        this.#giveBack(0, false);
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
      const cancelTimer = this.clock.after(MAX_WAIT_MS, () => {
        leave('refused', new SprayproxyError('overload', `no room for the payload within ${MAX_WAIT_MS} ms`));
      });
      this.#queue.add(waiter);
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) onAbort();
    });
  }
}
