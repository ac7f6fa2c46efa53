import { Injectable } from '@nestjs/common';

import { BackendRegistry } from '../../backends/backend-registry.js';
import { type Backend } from '../../model/backend.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { Logger } from '../../logging/logger.js';
import { type AttemptResult } from '../../model/attempt.js';
import { BackendClient } from '../client/backend-client.js';
import { BackendHealth } from './backend-health.js';
import { Clock } from '../../clock/clock.js';
import { type Message } from '../../model/delivery.js';
import { ForwardMetrics } from './forward-metrics.js';

/** Makes attempts and takes note of what came of them. */
@Injectable()
export class AttemptService {
  readonly #health = new Map<string, BackendHealth>();

  constructor(
    private readonly registry: BackendRegistry,
    private readonly client: BackendClient,
    private readonly metrics: ForwardMetrics,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
  ) {
    registry.on('removed', ({ key, host }) => {
      this.#health.delete(key);
      if (!registry.hasHost(host)) metrics.forget(host);
    });
  }

  healthOf({ key }: Backend): BackendHealth {
    let health = this.#health.get(key);
    if (health === undefined) {
      const { minRetryDelayMs: minMs, maxRetryDelayMs: maxMs, drainConcurrency } = this.config;
      health = new BackendHealth(this.clock, { minMs, maxMs, maxConcurrency: drainConcurrency });
      this.#health.set(key, health);
    }
    return health;
  }

  /** @param headers names and values in turn, as they are sent. */
  async attempt(backend: Backend, message: Message, headers: readonly string[]): Promise<AttemptResult> {
    if (!this.registry.has(backend)) {
      return { backend, outcome: 'refused', durationMs: 0, error: 'the backend is no longer registered' };
    }
    const health = this.healthOf(backend);
    health.begin();
    const result = await this.client.attempt(backend, message, headers);
    health.observe(result);
    // A backend that was unregistered meanwhile has no series any more.
    if (this.registry.has(backend)) {
      this.metrics.record(result);
      this.#expire(backend);
    }
    return result;
  }

  /** Ephemeral clusters often die without unregistering. */
  #expire(backend: Backend): void {
    const { expireBackendsAfterMs } = this.config;
    const { failingSince } = this.healthOf(backend);
    if (expireBackendsAfterMs === undefined || failingSince === undefined || backend.origin === 'static')
      return;
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
}
