import { type INestApplication } from '@nestjs/common';

import { type Logger } from '../logging/logger.js';
import { endProcess } from './end-process.js';
import { shutDown } from './shutdown.js';
import { type StopSignals } from './stop-signals.js';

/** A start that hangs, or takes long because the spool is large, is not waited for. */
const MAX_START_MS = 2000;

/**
 * Ends the process when a signal says so: what has started shuts down, and what is starting is given time to come to where
 * it can. With status 0, or 1 where that failed or somebody lost patience. So does a program that cannot go on, with 1.
 */
export class OrderlyEnd {
  #app: INestApplication | undefined;
  #stopping = false;
  #status = 0;

  constructor(
    signals: StopSignals,
    private readonly logger: Logger,
  ) {
    signals.listen({
      onStop: (signal) => {
        logger.info({ signal }, 'shutting down');
        this.#begin();
      },
      onImpatience: () => {
        endProcess(logger, 1);
      },
    });
  }

  /** Whether what is starting should not go on. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Ends it because of what it says. */
  cannotGoOn({ message }: Error): void {
    this.logger.fatal(`cannot go on: ${message}`);
    this.#status = 1;
    this.#begin();
  }

  /** From now on the application can be shut down: it listens, or goes no further because of a signal. */
  of(app: INestApplication): void {
    this.#app = app;
    if (this.#stopping) this.#shutDown(app);
  }

  #begin(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    if (this.#app !== undefined) this.#shutDown(this.#app);
    else setTimeout(this.#cutOffStart, MAX_START_MS);
  }

  #shutDown(app: INestApplication): void {
    void shutDown(app).then(
      () => {
        endProcess(this.logger, this.#status);
      },
      (error: unknown) => {
        this.logger.fatal({ err: error }, 'shutdown failed');
        endProcess(this.logger, 1);
      },
    );
  }

  readonly #cutOffStart = (): void => {
    if (this.#app !== undefined) return;
    this.logger.warn({ timeoutMs: MAX_START_MS }, 'the start did not come to an end in time and is cut off');
    endProcess(this.logger, this.#status);
  };
}
