import { type INestApplication } from '@nestjs/common';

import { Logger } from '../logging/logger.js';
import { endProcess } from './end-process.js';
import { shutDown } from './shutdown.js';

/** Some launchers send one stop twice: to the process, and to its group. */
const SAME_STOP_MS = 1000;

/** What would end the process and can be caught. */
const ENDING: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR2',
  'SIGABRT',
  'SIGALRM',
  'SIGVTALRM',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
  'SIGSYS',
  'SIGTRAP',
  'SIGXCPU',
];

/**
 * Ends the process on any signal that would: in order at the first, at once with status 1 at another that comes more
 * than a second later.
 */
export function shutDownOnSignal(app: INestApplication): void {
  let begunAt: number | undefined;
  const logger = app.get(Logger);
  const onSignal = (signal: NodeJS.Signals) => {
    if (begunAt !== undefined) {
      if (performance.now() - begunAt >= SAME_STOP_MS) endProcess(logger, 1);
      return;
    }
    begunAt = performance.now();
    logger.info({ signal }, 'shutting down');
    void shutDown(app).then(
      () => {
        endProcess(logger, 0);
      },
      (error: unknown) => {
        logger.fatal({ err: error }, 'shutdown failed');
        endProcess(logger, 1);
      },
    );
  };
  for (const signal of ENDING) process.on(signal, onSignal);
}
