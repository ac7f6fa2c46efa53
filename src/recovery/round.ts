import { type Clock } from '../clock/clock.js';
import { type RecoveryConfig } from '../config/recovery-config.js';
import { type Logger } from '../logging/logger.js';
import { type Spool } from '../spool/spool.js';
import { type FailedDelivery } from './failed-delivery.js';
import { type Github } from './github/github.js';
import { GithubFault } from './github/github-fault.js';
import { type OwnRecord } from './own-record.js';
import { ProgressNote } from './progress.js';
import { Reading } from './reading.js';
import { type RecoveryMetrics } from './recovery-metrics.js';
import { Requests } from './requests.js';
import { verdictOf } from './verdict.js';

/** GitHub may list an attempt some time after it was made: that much is read again. */
const OVERLAP_MS = 60_000;

/** What is known of the list is not older than that, or than the interval, when something is asked for. */
const MIN_ASKING_MS = 10_000;

/** Notes are kept for longer than GitHub lists what they are about. */
const FORGET_AFTER_MS = 4 * 24 * 3_600_000;

export interface RoundParts {
  readonly config: RecoveryConfig;
  readonly github: Github;
  readonly own: OwnRecord;
  readonly spool: Spool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: RecoveryMetrics;
  /** What the webhook secrets are known by now. */
  readonly secrets: () => string;
  /** Whether something may be asked for now. */
  readonly mayAsk: () => boolean;
}

/**
 * What a round has come to.
 * - done: all that may be asked for was.
 * - more: there is more to ask for, and it is time to read again.
 * - taken: somebody else is at it.
 */
export type RoundResult = 'done' | 'more' | 'taken';

/** Rounds of one process, for as long as it is the one that recovers. */
export class Rounds {
  readonly #progress: ProgressNote;
  readonly #requests: Requests;
  #failed: ReadonlyMap<string, FailedDelivery> = new Map();
  /** As `Progress.readUpTo`, but for what is in `#failed`. */
  #readUpTo: number | undefined;
  #secrets: string | undefined;
  #secretsSince = 0;

  constructor(private readonly parts: RoundParts) {
    this.#progress = new ProgressNote(parts.spool);
    this.#requests = new Requests(parts.spool);
  }

  /** @throws GithubFault, SprayproxyError `spool-failed`, `spool-unsure` */
  async round(): Promise<RoundResult> {
    const { clock, config, spool } = this.parts;
    await this.#begin();
    await this.#read();
    await this.#requests.read([...this.#failed.keys()]);
    const asks = await this.#judge();
    if (!(await this.#note())) return 'taken';
    await spool.forgetNotes(clock.now() - FORGET_AFTER_MS);
    const until = clock.monotonic() + Math.max(config.intervalMs, MIN_ASKING_MS);
    for (const delivery of asks) {
      if (!this.parts.mayAsk()) return 'done';
      if (clock.monotonic() > until) return 'more';
      if (!(await this.#ask(delivery))) return 'taken';
    }
    return 'done';
  }

  /** Where another has left off; from the beginning where secrets are others, since what they refused may be good now. */
  async #begin(): Promise<void> {
    const { clock, secrets } = this.parts;
    const now = secrets();
    if (this.#secrets === now) return;
    const known = await this.#progress.read();
    const isChanged = known !== undefined && known.secrets !== now;
    this.#secretsSince = isChanged ? clock.now() : (known?.secretsSince ?? 0);
    this.#readUpTo = isChanged ? undefined : known?.readUpTo;
    this.#failed = new Map();
    this.#secrets = now;
  }

  async #read(): Promise<void> {
    const { clock, config, github, metrics } = this.parts;
    const from = Math.max(this.#readUpTo ?? 0, clock.now() - config.maxAgeMs) - OVERLAP_MS;
    const reading = new Reading(this.#failed);
    pages: for await (const page of github.deliveries()) {
      for (const attempt of page) {
        if (attempt.at < from) break pages;
        reading.take(attempt);
      }
    }
    const { failed, delivered, upTo } = reading.end();
    await this.#requests.read(delivered);
    metrics.recovered(delivered.filter((guid) => this.#requests.of(guid) !== undefined).length);
    this.#failed = failed;
    this.#readUpTo = upTo ?? this.#readUpTo;
  }

  /** @returns those that are to be asked for, the oldest first; those of which nothing is to be done are left out from now on. */
  async #judge(): Promise<FailedDelivery[]> {
    const { clock, config, metrics } = this.parts;
    const rules = { ...config, secretsSince: this.#secretsSince };
    const asks: FailedDelivery[] = [];
    const open = new Map<string, FailedDelivery>();
    for (const [guid, delivery] of this.#failed) {
      const note = this.#requests.of(guid);
      const verdict = verdictOf(delivery, note, rules, clock.now());
      if (verdict === 'given up' && note?.givenUp !== true) await this.#giveUp(delivery);
      if (verdict === 'ask') asks.push(delivery);
      if (verdict === 'ask' || verdict === 'later' || verdict === 'under way') open.set(guid, delivery);
    }
    this.#failed = open;
    metrics.failing(open.size);
    return asks;
  }

  async #giveUp({ first, latest }: FailedDelivery): Promise<void> {
    const { clock, logger, metrics } = this.parts;
    const note = this.#requests.of(first.guid);
    if (note === undefined) return;
    await this.#requests.write(first.guid, { ...note, givenUp: true }, clock.now());
    metrics.gaveUp();
    logger.error(
      { ...fieldsOf(first), status: latest.status, requests: note.requests },
      'webhook given up: GitHub cannot deliver it',
    );
  }

  #note(): Promise<boolean> {
    const [oldest] = this.#failed.values();
    const readUpTo =
      oldest === undefined ? this.#readUpTo : Math.min(oldest.first.at, this.#readUpTo ?? Infinity);
    const progress = {
      secrets: this.#secrets ?? '',
      secretsSince: this.#secretsSince,
      ...(readUpTo !== undefined && { readUpTo }),
    };
    return this.#progress.write(progress, this.parts.clock.now());
  }

  /** @returns `false`: somebody else has asked for it. */
  async #ask({ first, latest }: FailedDelivery): Promise<boolean> {
    const { clock, github, logger, metrics, own } = this.parts;
    const { guid } = first;
    if (await own.hasIt(guid)) {
      this.#failed = new Map([...this.#failed].filter(([key]) => key !== guid));
      return true;
    }
    const before = this.#requests.of(guid)?.requests ?? 0;
    const now = clock.now();
    const note = { failedAt: first.at, requests: before + 1, requestedAt: now, latest: latest.id };
    if (!(await this.#requests.write(guid, note, now))) return false;
    const fields = { ...fieldsOf(first), status: latest.status, request: note.requests };
    try {
      await github.redeliver(latest.id);
      metrics.requested();
      logger.info(fields, 'GitHub is asked to send a webhook again');
    } catch (error) {
      if (!(error instanceof GithubFault)) throw error;
      if (error.reason === 'gone') {
        logger.warn({ ...fields, why: error.message }, 'GitHub cannot send a webhook again');
        return true;
      }
      const mayBeHeard = ['slow', 'unreachable', 'unavailable'].includes(error.reason);
      if (!mayBeHeard) await this.#requests.write(guid, { ...note, requests: before, requestedAt: 0 }, now);
      throw error;
    }
    return true;
  }
}

const fieldsOf = ({ guid, event, at }: FailedDelivery['first']) => ({
  delivery: guid,
  event,
  failedAt: new Date(at).toISOString(),
});
