import { type FailedDelivery, MAX_FAILED } from './failed-delivery.js';
import { type GithubAttempt, isDelivered } from './github/github-attempt.js';

/** What a reading of GitHub's list has brought. */
export interface Read {
  /** By GUID, the oldest first: those that were known before and those that are new. */
  readonly failed: ReadonlyMap<string, FailedDelivery>;
  /** GUIDs of those that were known to have failed, and have been delivered since. */
  readonly delivered: readonly string[];
  /** When the newest attempt was made of which all before have been seen, ms since the epoch; absent: nothing was read. */
  readonly upTo?: number;
}

/**
 * Groups the attempts in GitHub's list by GUID while it is read, the newest first. In memory are those that failed only. An
 * attempt that somebody has asked for is of use where the first one is known to have failed: what was delivered once and is
 * sent again by hand is nobody's affair.
 */
export class Reading {
  readonly #delivered = new Set<string>();
  /** The latest attempts at what has failed, but for the first ones. */
  readonly #latest = new Map<string, GithubAttempt>();
  readonly #failed = new Map<string, FailedDelivery>();
  #upTo: number | undefined;

  constructor(
    private readonly known: ReadonlyMap<string, FailedDelivery>,
    private readonly maxFailed = MAX_FAILED,
  ) {}

  take(attempt: GithubAttempt): void {
    const { guid } = attempt;
    this.#upTo ??= attempt.at;
    if (isDelivered(attempt)) {
      if (attempt.isRedelivery || this.known.has(guid)) this.#delivered.add(guid);
    } else if (this.#delivered.has(guid)) {
      return;
    } else if (!attempt.isRedelivery) {
      this.#fail(attempt);
    } else if (!this.#latest.has(guid)) {
      this.#latest.set(guid, attempt);
    }
  }

  end(): Read {
    const failed = new Map<string, FailedDelivery>();
    for (const [guid, delivery] of this.known) {
      if (this.#delivered.has(guid) || this.#failed.has(guid)) continue;
      failed.set(guid, { ...delivery, latest: this.#latest.get(guid) ?? delivery.latest });
    }
    for (const [guid, delivery] of this.#failed) failed.set(guid, delivery);
    return {
      failed: new Map([...failed].sort(([, a], [, b]) => a.first.at - b.first.at)),
      delivered: [...this.known.keys()].filter((guid) => this.#delivered.has(guid)),
      ...(this.#upTo !== undefined && { upTo: this.#upTo }),
    };
  }

  #fail(first: GithubAttempt): void {
    const { guid } = first;
    this.#failed.set(guid, { first, latest: this.#latest.get(guid) ?? first });
    this.#latest.delete(guid);
    if (this.#failed.size <= this.maxFailed) return;
    const [newest] = this.#failed.entries();
    if (newest === undefined) return;
    this.#failed.delete(newest[0]);
    // It is to be read once more.
    this.#upTo = newest[1].first.at - 1;
  }
}
