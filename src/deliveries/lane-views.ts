import { Injectable } from '@nestjs/common';

import { BackendRegistry } from '../backends/backend-registry.js';
import { Pauses } from '../backends/pauses.js';
import { Clock } from '../clock/clock.js';
import { LanesService } from '../forwarding/lane/lanes.service.js';
import { type RecentAttempts } from '../forwarding/lane/recent-attempts.js';
import { type AttemptResult } from '../model/attempt.js';
import { type Backend, type BackendOrigin } from '../model/backend.js';
import { type FilterLists } from '../model/backend-filter.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { Spool } from '../spool/spool.js';
import { time } from './delivery-view.js';
import { type PauseView, pauseViewOf } from './pause-view.js';

export const LANE_STATES = ['up', 'down', 'paused'] as const;

/** How a backend fares, and what it is owed. What was attempted is what this process has attempted. */
export interface LaneView {
  /** URL of the backend. */
  readonly backend: string;
  readonly host: string;
  readonly origin: BackendOrigin;
  readonly state: (typeof LANE_STATES)[number];
  /** Which webhooks it gets; absent: all. */
  readonly filter?: FilterLists;
  readonly pause?: PauseView;
  /** Since when it has failed without one success, RFC 3339. */
  readonly since?: string;
  /** What the latest attempt failed with. */
  readonly reason?: string;
  readonly owed: number;
  /** Those of the owed that are being sent. */
  readonly running: number;
  readonly dead: number;
  readonly rejected: number;
  /** When the oldest that is owed was received, RFC 3339. */
  readonly oldestOwedAt?: string;
  readonly lastAcceptedAt?: string;
  /** Attempts that ended in each of the last 15 minutes, oldest first. */
  readonly attemptsPerMinute: readonly number[];
  /** Mean time until the answer in each of them, ms; `null`: none was answered. */
  readonly latencyMs: readonly (number | null)[];
}

const NOTHING = { owed: 0, running: 0, dead: 0, rejected: 0 };

/** Tells how every backend fares. */
@Injectable()
export class LaneViews {
  constructor(
    private readonly registry: BackendRegistry,
    private readonly lanes: LanesService,
    private readonly pauses: Pauses,
    private readonly spool: Spool,
    private readonly clock: Clock,
  ) {}

  list(): Promise<LaneView[]> {
    return Promise.all(this.registry.list().map((backend) => this.#viewOf(backend)));
  }

  async #viewOf(backend: Backend): Promise<LaneView> {
    const { url, key, host, origin } = backend;
    const { health, recent } = this.lanes.of(backend);
    const counts = this.spool.counts().get(key) ?? NOTHING;
    const pause = this.pauses.get(key);
    const filter = this.registry.filters.get(key);
    const oldest = counts.owed > 0 ? await this.#oldestOwed(key) : undefined;
    const { lastFailure } = recent;
    const { owed, running, dead, rejected } = counts;
    return {
      ...{ backend: url, host, origin, state: pause !== undefined ? 'paused' : health.down ? 'down' : 'up' },
      ...(filter !== undefined && { filter: filter.lists }),
      ...(pause !== undefined && { pause: pauseViewOf(pause) }),
      ...(health.failingSince !== undefined && { since: time(this.#wallTime(health.failingSince)) }),
      ...(lastFailure !== undefined && { reason: reasonOf(lastFailure) }),
      ...{ owed, running, dead, rejected },
      ...(oldest !== undefined && { oldestOwedAt: time(oldest) }),
      ...attemptsOf(recent),
    };
  }

  /** `undefined` also where the spool cannot be asked. */
  async #oldestOwed(key: string): Promise<number | undefined> {
    try {
      const [first] = await this.spool.owedTo(key, 1);
      return first?.delivery.receivedAt;
    } catch (error) {
      if (!(error instanceof SprayproxyError)) throw error;
      return undefined;
    }
  }

  /** To the second: two clocks tell it a little otherwise each time. @param at ms of the monotonic clock */
  #wallTime(at: number): number {
    return Math.round((this.clock.now() - (this.clock.monotonic() - at)) / 1000) * 1000;
  }
}

const attemptsOf = ({ lastAcceptedAt, perMinute, latencyMs }: RecentAttempts) => ({
  ...(lastAcceptedAt !== undefined && { lastAcceptedAt: time(lastAcceptedAt) }),
  attemptsPerMinute: perMinute,
  latencyMs,
});

const reasonOf = ({ status, error, answer }: AttemptResult): string =>
  status === undefined
    ? (error ?? 'no answer')
    : [`answered ${status}`, answer].filter((part) => part !== undefined && part !== '').join(': ');
