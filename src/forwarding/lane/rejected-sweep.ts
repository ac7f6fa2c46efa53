import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';

import { Clock } from '../../clock/clock.js';
import { SteadyClock } from '../../clock/steady-clock.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { Logger } from '../../logging/logger.js';
import { Spool } from '../../spool/spool.js';

const EVERY_MS = 60_000;
const AT_ONCE = 100;

/** Lets go of payloads that a backend has rejected, when they have been kept long enough. */
@Injectable()
export class RejectedSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #time: SteadyClock;
  #cancel: (() => void) | undefined;

  constructor(
    private readonly spool: Spool,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
  ) {
    this.#time = new SteadyClock(clock, config.rejectedMaxAgeMs);
  }

  onApplicationBootstrap(): void {
    if (this.spool.keeps) this.#again();
  }

  onApplicationShutdown(): void {
    this.#cancel?.();
  }

  #again(): void {
    const { rejectedMaxAgeMs } = this.config;
    this.#cancel = this.clock.after(Math.min(EVERY_MS, Math.max(1, rejectedMaxAgeMs / 10)), () => {
      this.#sweep().then(
        () => {
          this.#again();
        },
        (error: unknown) => {
          this.logger.error({ why: String(error) }, 'cannot let go of what was rejected; trying again');
          this.#again();
        },
      );
    });
  }

  async #sweep(): Promise<void> {
    for (;;) {
      const oldest = await this.spool.rejected(AT_ONCE);
      const over = oldest.filter(({ delivery }) =>
        this.#time.isPast(delivery.receivedAt + this.config.rejectedMaxAgeMs),
      );
      await Promise.all(over.map(({ delivery }) => this.spool.release(delivery.id)));
      if (over.length < AT_ONCE) return;
    }
  }
}
