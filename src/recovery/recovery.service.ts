import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';

import { Clock } from '../clock/clock.js';
import { type RecoveryConfig } from '../config/recovery-config.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Readiness } from '../health/readiness.js';
import { Refusals } from '../health/refusals.js';
import { Logger } from '../logging/logger.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { WebhookSecrets } from '../secrets/webhook-secrets.js';
import { Spool } from '../spool/spool.js';
import { Github } from './github/github.js';
import { GithubFault } from './github/github-fault.js';
import { OwnRecord } from './own-record.js';
import { pauseAfter } from './pause-after.js';
import { RecoveryMetrics } from './recovery-metrics.js';
import { Rounds } from './round.js';

/** What the processes that share a spool agree about as they do about a backend: one of them is at it. */
const NAME = 'recovery:github';

/** Has GitHub send again what it could not deliver. Whatever comes of it, webhooks are forwarded as before. */
@Injectable()
export class RecoveryService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #config: RecoveryConfig | undefined;
  #rounds: Rounds | undefined;
  #isRunning = false;
  /** Something has come about since the round that is running began. */
  #isWanted = false;
  #cancel: () => void = () => undefined;
  #isStopped = true;
  /** Of the monotonic clock: GitHub wants to be left alone until then. */
  #notBefore = 0;
  #failures = 0;
  /** What the log was told last. */
  #fault: string | undefined;

  constructor(
    config: SprayproxyConfig,
    private readonly spool: Spool,
    private readonly own: OwnRecord,
    private readonly secrets: WebhookSecrets,
    private readonly readiness: Readiness,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly metrics: RecoveryMetrics,
  ) {
    this.#config = config.recovery;
  }

  onApplicationBootstrap(): void {
    const { appId, apiUrl } = this.#config ?? {};
    this.#isStopped = false;
    this.logger.info({ appId, apiUrl }, 'recovery is on: GitHub is asked for what it could not deliver');
    this.refusals.onOver = () => {
      this.#soon();
    };
    this.spool.watch(({ kind }) => {
      if (kind === 'found' || kind === 'owners') this.#soon();
    });
    this.#soon();
  }

  /** What is being asked is left alone: a note tells of it. */
  beforeApplicationShutdown(): void {
    this.#isStopped = true;
    this.#cancel();
    this.metrics.speak(false);
  }

  #soon(): void {
    if (this.#isRunning) this.#isWanted = true;
    else this.#after(0);
  }

  #after(ms: number): void {
    if (this.#isStopped) return;
    this.#cancel();
    const waitMs = Math.max(ms, this.#notBefore - this.clock.monotonic());
    this.#cancel = this.clock.after(waitMs, () => {
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    const config = this.#config;
    if (config === undefined) return;
    this.#isRunning = true;
    this.#isWanted = false;
    let pauseMs = config.intervalMs;
    try {
      const isOurs = this.spool.drains(NAME);
      this.metrics.speak(isOurs);
      if (isOurs) {
        this.#rounds ??= this.#newRounds(config);
        const result = await this.#rounds.round();
        if (result === 'taken') this.#rounds = undefined;
        if (result === 'more') pauseMs = 0;
        this.metrics.ended('good');
        this.#worked();
      } else {
        this.#rounds = undefined;
      }
    } catch (error) {
      this.metrics.ended('failed');
      this.#failures += 1;
      const { reason, why, retryAfterMs } = told(error);
      pauseMs = pauseAfter(this.#failures, config.intervalMs, retryAfterMs);
      this.#notBefore = this.clock.monotonic() + (retryAfterMs > 0 ? pauseMs : 0);
      if (this.#fault !== reason && !this.#isStopped)
        this.logger.error({ reason, why }, 'recovery does not work, and will be tried again');
      this.#fault = reason;
    }
    this.#isRunning = false;
    this.#after(this.#wanted() ? 0 : pauseMs);
  }

  #wanted = (): boolean => this.#isWanted;

  #worked(): void {
    if (this.#fault !== undefined) this.logger.info({ reason: this.#fault }, 'recovery works again');
    this.#fault = undefined;
    this.#failures = 0;
    this.#notBefore = 0;
  }

  #newRounds(config: RecoveryConfig): Rounds {
    const { spool, own, clock, logger, metrics, secrets, readiness, refusals } = this;
    return new Rounds({
      ...{ config, spool, own, clock, logger, metrics },
      github: new Github({
        ...config,
        warn: (message) => {
          logger.debug({ why: message }, 'GitHub is asked again');
        },
      }),
      secrets: () => secrets.knownBy,
      mayAsk: () =>
        !this.#isStopped &&
        readiness.fault === undefined &&
        spool.fault === undefined &&
        !refusals.areGoingOn &&
        spool.drains(NAME),
    });
  }
}

function told(error: unknown): { reason: string; why: string; retryAfterMs: number } {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof GithubFault) return { reason: error.reason, why, retryAfterMs: error.retryAfterMs };
  const reason = error instanceof SprayproxyError ? error.code : 'unexpected';
  return { reason, why, retryAfterMs: 0 };
}
