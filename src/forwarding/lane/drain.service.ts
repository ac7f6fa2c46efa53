import { Inject, Injectable, type OnApplicationBootstrap, Optional } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Counter } from 'prom-client';

import { BackendRegistry } from '../../backends/backend-registry.js';
import { type Backend } from '../../model/backend.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { InflightBudget } from '../../inflight/inflight-budget.js';
import { Logger } from '../../logging/logger.js';
import { FORWARD_RETRIES } from '../../metrics/names.js';
import { bury, interrupted } from '../../model/forward.js';
import { Journal } from '../../spool/journal.js';
import { Spool } from '../../spool/spool.js';
import { AttemptService } from './attempt.service.js';
import { BackendQueue } from './backend-queue.js';
import { Clock } from '../../clock/clock.js';
import { updateForwards } from './given-up.js';

/** Forwards of an unregistered backend given up in one go. */
const BURY_AT_ONCE = 500;

/** Sends what is owed: a queue for each backend, independent of the others. Without a spool there is nothing owed. */
@Injectable()
export class DrainService implements OnApplicationBootstrap {
  readonly #queues = new Map<string, BackendQueue>();
  #stopped = false;

  constructor(
    @Optional() @Inject(Spool) private readonly spool: Spool | undefined,
    private readonly registry: BackendRegistry,
    private readonly attempts: AttemptService,
    private readonly budget: InflightBudget,
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
    @InjectMetric(FORWARD_RETRIES) private readonly retries: Counter,
  ) {
    registry.on('removed', ({ key }) => {
      void this.#giveUp(key);
    });
  }

  /** Takes up what was owed when the process ended. */
  async onApplicationBootstrap(): Promise<void> {
    const { spool, logger, config } = this;
    if (spool === undefined) return;
    for (const { delivery } of await spool.running()) {
      await updateForwards({ spool, logger }, delivery, (forward) =>
        interrupted(forward, config.deliveryGuarantee),
      );
    }
    const registered = new Map(this.registry.list().map((backend) => [backend.key, backend]));
    for (const key of spool.counts().keys()) {
      const backend = registered.get(key);
      if (backend === undefined) await this.#bury(spool, key);
      else this.queueOf(backend)?.wake();
    }
  }

  /** `undefined` without a spool. */
  queueOf(backend: Backend): BackendQueue | undefined {
    if (this.spool === undefined || this.#stopped) return undefined;
    let queue = this.#queues.get(backend.key);
    // Registered again while attempts from before were running: the same queue knows of them.
    if (queue?.stopped === true && this.registry.has(backend)) queue.resume(backend);
    if (queue === undefined) {
      queue = new BackendQueue(backend, {
        spool: this.spool,
        attempts: this.attempts,
        budget: this.budget,
        journal: this.journal,
        clock: this.clock,
        config: this.config,
        logger: this.logger,
        isClosing: () => this.#stopped,
        onRetry: ({ outcome }) => {
          this.retries.inc({ outcome });
        },
      });
      this.#queues.set(backend.key, queue);
    }
    return queue;
  }

  /** A delivery is owed to a backend. */
  wake(backend: Backend, id: number): void {
    if (this.registry.has(backend)) this.queueOf(backend)?.wake(id);
    else void this.#giveUp(backend.key);
  }

  /** Begins no more attempts. Resolves when those that are running have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#queues.values()].map((queue) => queue.stop()));
  }

  async #giveUp(key: string): Promise<void> {
    const queue = this.#queues.get(key);
    try {
      await queue?.stop();
      if (this.spool !== undefined) await this.#bury(this.spool, key);
      if (queue?.stopped === true) this.#queues.delete(key);
    } catch (error) {
      this.logger.error(
        { why: String(error) },
        'what a removed backend was owed is given up at the next start',
      );
      const again = this.registry.list().find((backend) => backend.key === key);
      if (again !== undefined) this.queueOf(again)?.wake();
    }
  }

  /** Dead, not lost: they can be sent again when the backend is back. */
  async #bury(spool: Spool, key: string): Promise<void> {
    let count = 0;
    for (;;) {
      const again = this.registry.list().find((backend) => backend.key === key);
      if (again !== undefined) {
        this.queueOf(again)?.wake();
        return;
      }
      const owed = await spool.owedTo(key, BURY_AT_ONCE);
      if (owed.length === 0) break;
      count += owed.length;
      await Promise.all(
        owed.map(({ delivery: { id } }) =>
          spool.update(id, (forward) => bury(forward, 'the backend is no longer registered'), [key]),
        ),
      );
    }
    if (count > 0)
      this.logger.warn(
        { host: new URL(key).host, backend: key, forwards: count },
        'forwards of a removed backend given up',
      );
  }
}
