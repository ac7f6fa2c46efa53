import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';

import { BackendRegistry } from '../../backends/backend-registry.js';
import { Pauses } from '../../backends/pauses.js';
import { Clock } from '../../clock/clock.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { Logger } from '../../logging/logger.js';
import { type AttemptResult } from '../../model/attempt.js';
import { type Backend } from '../../model/backend.js';
import { interruptedAttempt } from '../../model/forward.js';
import { IdentityMap } from '../../model/identity-map.js';
import { Spool } from '../../spool/spool.js';
import { BackendClient } from '../client/backend-client.js';
import { type BackendHealth } from './backend-health.js';
import { ForwardMetrics } from './forward-metrics.js';
import { logGivenUp } from './given-up.js';
import { Lane } from './lane.js';
import { type RunningAttempt } from './running-attempt.js';
import { Sender, TROUBLE_PAUSE_MS } from './sender.js';

/** Forwards of an unregistered backend given up in one go. */
const BURY_AT_ONCE = 500;

/** A lane for each backend, made when it is first wanted and dropped when the backend goes. */
@Injectable()
export class LanesService implements OnApplicationBootstrap {
  readonly #lanes = new Map<string, Lane>();
  /** By key of the backend; they outlive their lane. */
  readonly #running = new Map<string, IdentityMap<RunningAttempt>>();
  #stopped = false;
  #takingOver: Promise<void> = Promise.resolve();

  constructor(
    private readonly spool: Spool,
    private readonly registry: BackendRegistry,
    private readonly pauses: Pauses,
    private readonly sender: Sender,
    private readonly client: BackendClient,
    private readonly metrics: ForwardMetrics,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
  ) {
    registry.on('removed', (backend) => {
      if (!registry.hasHost(backend.host)) metrics.forget(backend.host);
      void this.#drop(backend.key);
    });
  }

  /** Takes up what was owed when the process ended, and whatever comes to be owed. */
  async onApplicationBootstrap(): Promise<void> {
    this.spool.watch((event) => {
      if (event.kind === 'owed') this.#wake(event.backend, event.id);
      else if (event.kind === 'owners' || event.kind === 'found') void this.#takeOver();
    });
    this.pauses.on('ended', (key) => {
      const backend = this.registry.get(key);
      if (backend !== undefined && !this.#stopped) this.of(backend).resume();
    });
    this.pauses.on('known', () => {
      for (const lane of this.#lanes.values()) lane.wake();
    });
    await this.#takeOver();
  }

  of(backend: Backend): Lane {
    let lane = this.#lanes.get(backend.key);
    if (lane === undefined) {
      const running = this.#running.get(backend.key) ?? new IdentityMap<RunningAttempt>();
      this.#running.set(backend.key, running);
      const { spool, pauses, sender, client, clock, config, logger } = this;
      const onResult = this.#onResult;
      lane = new Lane(backend, { spool, pauses, sender, client, clock, config, logger, onResult }, running);
      if (this.#stopped) void lane.stop();
      else if (this.registry.has(backend)) this.#lanes.set(backend.key, lane);
      else void lane.remove();
    }
    return lane;
  }

  /** Begins no more attempts at what is owed. Resolves when those that are running are over. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.sender.close();
    void this.spool.retire();
    const running = [...this.#running.values()].flatMap((attempts) => [...attempts.values()]);
    await Promise.all([
      ...[...this.#lanes.values()].map((lane) => lane.stop()),
      ...running.map((attempt) => attempt.over()),
    ]);
  }

  /** Sees to what nobody sees to any more. */
  #takeOver(): Promise<void> {
    this.#takingOver = this.#takingOver.then(async () => {
      if (this.#stopped || this.spool.fault !== undefined) return;
      try {
        await this.#settleAbandoned();
      } catch (error) {
        const why = String(error);
        this.logger.error({ why }, 'cannot see to the attempts of a process that ended; trying again');
        this.clock.after(TROUBLE_PAUSE_MS, () => void this.#takeOver());
      }
      for (const key of this.spool.counts().keys()) this.#wake(key);
    });
    return this.#takingOver;
  }

  /** Attempts whose process has ended may have been taken. */
  async #settleAbandoned(): Promise<void> {
    const rules = { guarantee: this.config.deliveryGuarantee, othersGotThrough: false };
    for (const { delivery, forwards } of await this.spool.abandoned()) {
      for (const forward of forwards) {
        const attempt = interruptedAttempt(forward);
        logGivenUp(this.logger, await this.spool.settle(delivery.id, forward.backend, attempt, rules));
      }
    }
  }

  #wake(key: string, id?: number): void {
    const backend = this.registry.get(key);
    if (backend === undefined) void this.#drop(key);
    else if (!this.#stopped) this.of(backend).wake(id);
  }

  readonly #onResult = (backend: Backend, health: BackendHealth, result: AttemptResult): void => {
    this.metrics.record(result);
    this.#expire(backend, health);
  };

  /** Ephemeral clusters often die without unregistering. */
  #expire(backend: Backend, { failingSince }: BackendHealth): void {
    const { expireBackendsAfterMs } = this.config;
    if (expireBackendsAfterMs === undefined || failingSince === undefined || backend.origin === 'static')
      return;
    if (this.pauses.get(backend.key) !== undefined) return;
    const failingMs = this.clock.monotonic() - failingSince;
    if (failingMs < expireBackendsAfterMs) return;
    const fields = { backend: backend.url, failingMs };
    this.registry.unregister(backend.key, backend).then(
      (removed) => {
        if (removed === undefined) return;
        this.logger.warn(
          fields,
          'registered backend unregistered: it failed for too long without one success',
        );
      },
      (error: unknown) => {
        this.logger.error({ ...fields, why: String(error) }, 'cannot unregister a backend; trying again');
      },
    );
  }

  async #drop(key: string): Promise<void> {
    const lane = this.#lanes.get(key);
    this.#lanes.delete(key);
    try {
      await lane?.remove();
      await this.#bury(key);
    } catch (error) {
      this.logger.error(
        { why: String(error) },
        'what a removed backend was owed is given up at the next start',
      );
    }
    // It may have been registered again meanwhile.
    const again = this.registry.get(key);
    if (again !== undefined && !this.#stopped) this.of(again).wake();
    else if (this.#running.get(key)?.size === 0) this.#running.delete(key);
  }

  /** Dead, not lost: they can be sent again when the backend is back. */
  async #bury(key: string): Promise<void> {
    await this.registry.untilRead();
    const isOurs = () =>
      this.registry.get(key) === undefined &&
      this.spool.drains(key) &&
      // It may be in the list of some only, while the program is rolled out.
      !this.spool.isWantedElsewhere(key);
    let count = 0;
    while (isOurs()) {
      const owed = await this.spool.owedTo(key, BURY_AT_ONCE);
      if (owed.length === 0 || !isOurs()) break;
      const buried = await Promise.all(
        owed.map(({ delivery: { id } }) => this.spool.bury(id, [key], 'the backend is no longer registered')),
      );
      count += buried.filter((change) => change !== undefined).length;
    }
    if (count === 0) return;
    const { host } = new URL(key);
    this.logger.warn({ host, backend: key, forwards: count }, 'forwards of a removed backend given up');
  }
}
