import { setMaxListeners } from 'node:events';

import { type Clock } from '../../clock/clock.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { type OperationState } from './operation.js';

const PAUSE_MS = 1000;

/** Somebody wants it to go on no longer. */
export class Ended extends Error {}

/** Why it is not to go on. */
export type EndReason = Exclude<OperationState, 'running'>;

/** Waits for all of them. @throws what one of them has failed with; `Ended` only if there is nothing else */
export async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(promises);
  const faults = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
  if (faults.length > 0) throw faults.find((fault) => !(fault instanceof Ended)) ?? faults[0];
}

/** Waits, and tries again while the spool is away, for as long as it is to go on. */
export class Patience {
  constructor(
    private readonly clock: Clock,
    private readonly controller: AbortController,
  ) {
    // One for each backend.
    setMaxListeners(0, controller.signal);
  }

  /** `undefined`: it is to go on, or nobody wants to know any more. */
  get reason(): EndReason | undefined {
    const { signal } = this.controller;
    return signal.aborted ? (signal.reason as EndReason) : undefined;
  }

  /** It is to go on no longer; the first reason counts. */
  end(reason: EndReason): void {
    this.controller.abort(reason);
  }

  /** @throws Ended */
  goOn(): void {
    if (this.controller.signal.aborted) throw new Ended();
  }

  /** @throws Ended as soon as it is so */
  async wait(ms: number): Promise<void> {
    this.goOn();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const { signal } = this.controller;
    const cancel = this.clock.after(ms, end);
    signal.addEventListener('abort', end);
    await ended;
    cancel();
    signal.removeEventListener('abort', end);
    this.goOn();
  }

  /** @param action may be repeated. @throws Ended, and what is no matter of the spool */
  async through<T>(action: () => Promise<T>): Promise<T> {
    for (;;) {
      this.goOn();
      try {
        return await action();
      } catch (error) {
        const isAway =
          error instanceof SprayproxyError &&
          (error.code === 'spool-failed' || error.code === 'spool-unsure');
        if (!isAway) throw error;
        await this.wait(PAUSE_MS);
      }
    }
  }
}
