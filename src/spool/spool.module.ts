import { Module } from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import { type Counter, type Histogram } from 'prom-client';

import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Logger } from '../logging/logger.js';
import { SPOOL_WRITE_FAILURES, SPOOL_WRITE_SECONDS } from '../metrics/names.js';
import { NoSpool } from './no-spool.js';
import { Spool } from './spool.js';

/** How a spool is looked at by who does not take it. */
export { nearestExisting, spoolFileBytes, type SpoolVisit, visitSpool } from './lmdb/peek.js';

/** Gives `Spool`. Whoever uses it last closes it. */
@Module({
  providers: [
    {
      provide: Spool,
      inject: [
        SprayproxyConfig,
        Clock,
        Logger,
        getToken(SPOOL_WRITE_SECONDS),
        getToken(SPOOL_WRITE_FAILURES),
      ],
      useFactory: async (
        { spoolDir, maxSpoolBytes }: SprayproxyConfig,
        clock: Clock,
        logger: Logger,
        writeSeconds: Histogram,
        writeFailures: Counter,
      ): Promise<Spool> => {
        if (spoolDir === undefined) return new NoSpool();
        // The engine takes 12 MiB, wanted or not.
        const { openSpool } = await import('./lmdb/open.js');
        const onWrite = (seconds: number, ok: boolean) => {
          writeSeconds.observe(seconds);
          if (!ok) writeFailures.inc();
        };
        const spool = await openSpool({ dir: spoolDir, maxBytes: maxSpoolBytes, clock, onWrite });
        logLoss(spool, logger);
        return spool;
      },
    },
  ],
  exports: [Spool],
})
export class SpoolModule {}

function logLoss(spool: Spool, logger: Logger): void {
  spool.watch(({ kind }) => {
    if (kind === 'lost')
      logger.error({ why: spool.fault }, 'the spool is lost: nothing that is owed is kept');
    if (kind === 'found') logger.info({}, 'the spool is there again');
  });
}
