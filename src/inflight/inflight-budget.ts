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
import { Leftovers } from './leftovers.js';
import { Reservation } from './reservation.js';
import { isSmall, RoomLedger } from './room-ledger.js';

export { Reservation } from './reservation.js';
export { MAX_SMALL_BYTES } from './room-ledger.js';

/** GitHub hangs up after 10 s: a webhook that waited longer would be answered too late. */
export const MAX_WAIT_MS = 5000;

/** Somebody who waits for room. */
export interface Wait {
  readonly bytes: number;
  readonly small: boolean;
  /** What it holds already, and keeps meanwhile. */
  readonly heldBytes: number;
  readonly admitted: () => void;
  /** It is over, and nothing came of it. */
  readonly refused: (error: SprayproxyError) => void;
}

interface Waiter extends Wait {
  readonly leave: (result: WaitResult) => void;
}

/**
 * Room for all payloads that are in memory at once, given out first come, first served; but a small one does not wait
 * behind a large one as long as the part that is kept for small ones lasts.
 */
@Injectable()
export class InflightBudget {
  readonly #ledger: RoomLedger;
  readonly #leftovers = new Leftovers();
  readonly #queue = new Set<Waiter>();
  /** Who has some room and waits for the rest. Nobody who needs little is to wait behind these. */
  readonly #rests = new Set<Waiter>();
  #heldBytes = 0;
  #heldByWaitingBytes = 0;

  constructor(
    config: SprayproxyConfig,
    private readonly clock: Clock,
    @InjectMetric(INFLIGHT_PAYLOAD_BYTES) private readonly held: Gauge,
    @InjectMetric(INFLIGHT_MAX_BYTES) max: Gauge,
    @InjectMetric(INFLIGHT_WAIT_SECONDS) private readonly waits: Histogram,
  ) {
    this.#ledger = new RoomLedger(config.maxInflightBytes, config.maxPayloadBytes);
    max.set(config.maxInflightBytes);
    for (const result of WAIT_RESULTS) waits.zero({ result });
  }

  /** Whether somebody waits for room. */
  get short(): boolean {
    return this.#queue.size > 0 || this.#rests.size > 0;
  }

  /** Whether all the room is held by those who wait for more of it: nobody will give any back. */
  get stuck(): boolean {
    return (
      this.short && this.#heldByWaitingBytes > 0 && this.#heldByWaitingBytes === this.#ledger.spokenBytes
    );
  }

  /** Room for `bytes`, if there is some right now. */
  tryReserve(wantedBytes: number): Reservation | undefined {
    const bytes = this.#ledger.atMost(wantedBytes);
    const small = isSmall(bytes);
    if (!this.speakFor(bytes, small)) return undefined;
    this.hold(bytes);
    return new Reservation(this.#giveBack, bytes, small);
  }

  /**
   * Reserves room, waiting for it if need be. What is larger than all the room there is for its size gets all of
   * that: a payload in the spool may have come when there was more.
   * @param signal ends the wait, if whoever wanted the room has gone.
   * @throws SprayproxyError `overload` after `MAX_WAIT_MS`; `payload-aborted`.
   */
  async reserve(wantedBytes: number, signal: () => AbortSignal): Promise<Reservation> {
    return this.tryReserve(wantedBytes) ?? (await this.#waitToReserve(wantedBytes, signal()));
  }

  /**
   * Takes room for something that is still to come, if there is some right now. `hold` says when it has come.
   * @param rest whether who asks has some already
   */
  speakFor(bytes: number, small: boolean, rest = false): boolean {
    if (!this.#ledger.fits(bytes, small, rest ? this.short : this.#queue.size > 0)) return false;
    this.#ledger.speakFor(bytes, small);
    return true;
  }

  /** Of what is spoken for, so much more is in memory. */
  hold(bytes: number): void {
    this.#leftovers.came(bytes);
    this.#changeHeld(bytes);
  }

  #changeHeld(bytes: number): void {
    this.#heldBytes += bytes;
    this.held.set(this.#heldBytes);
  }

  /** Gives back what was spoken for, and what of it was held. */
  giveBack(spokenBytes: number, heldBytes: number, small: boolean): void {
    this.#ledger.speakFor(-spokenBytes, small);
    if (!small) this.#leftovers.left(heldBytes);
    if (heldBytes !== 0) this.#changeHeld(-heldBytes);
    if (this.short) this.#admit();
  }

  /** Makes a reservation of room that is spoken for and held. */
  reservationOf(bytes: number, small: boolean): Reservation {
    return new Reservation(this.#giveBack, bytes, small);
  }

  /**
   * Waits for room, which is spoken for then.
   * @param maxMs after which it is refused as `overload`
   * @returns how to stop waiting
   */
  wait(wait: Wait, maxMs = MAX_WAIT_MS): () => void {
    const startedAt = this.clock.monotonic();
    const queue = wait.heldBytes > 0 ? this.#rests : this.#queue;
    const waiter: Waiter = {
      ...wait,
      leave: (result) => {
        cancelTimer();
        queue.delete(waiter);
        this.#heldByWaitingBytes -= wait.heldBytes;
        this.waits.observe({ result }, (this.clock.monotonic() - startedAt) / 1000);
        // Whoever stood behind may fit where this one did not.
        if (result !== 'admitted') this.#admit();
      },
    };
    const cancelTimer = this.clock.after(maxMs, () => {
      waiter.leave('refused');
      wait.refused(new SprayproxyError('overload', `no room for the payload within ${MAX_WAIT_MS} ms`));
    });
    queue.add(waiter);
    this.#heldByWaitingBytes += wait.heldBytes;
    return () => {
      if (queue.has(waiter)) waiter.leave('aborted');
    };
  }

  #waitToReserve(wantedBytes: number, signal: AbortSignal): Promise<Reservation> {
    const bytes = this.#ledger.atMost(wantedBytes);
    const small = isSmall(bytes);
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        stopWaiting();
        reject(new SprayproxyError('payload-aborted', 'gone while waiting for room'));
      };
      const stopWaiting = this.wait({
        bytes,
        small,
        heldBytes: 0,
        admitted: () => {
          signal.removeEventListener('abort', onAbort);
          this.hold(bytes);
          resolve(this.reservationOf(bytes, small));
        },
        refused: (error) => {
          signal.removeEventListener('abort', onAbort);
          reject(error);
        },
      });
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  readonly #giveBack = (bytes: number, small: boolean): void => {
    this.giveBack(bytes, bytes, small);
  };

  #admit(): void {
    let othersWait = false;
    for (const queue of [this.#queue, this.#rests]) {
      for (const waiter of queue) {
        if (this.#ledger.fits(waiter.bytes, waiter.small, othersWait)) {
          this.#ledger.speakFor(waiter.bytes, waiter.small);
          waiter.leave('admitted');
          waiter.admitted();
        } else {
          othersWait = true;
          if (!this.#ledger.smallMayPass) return;
        }
      }
    }
  }
}
