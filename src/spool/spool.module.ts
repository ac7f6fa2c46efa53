import { Module } from '@nestjs/common';
import { getToken } from '@willsoto/nestjs-prometheus';
import { type Counter, type Histogram } from 'prom-client';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SPOOL_WRITE_FAILURES, SPOOL_WRITE_SECONDS } from '../metrics/names.js';
import { Spool } from './spool.js';

/** How a spool is looked at by who does not take it. */
export { nearestExisting, spoolFileBytes, type SpoolVisit, visitSpool } from './lmdb/peek.js';

/** Gives `Spool`, or `undefined` if there is none. Whoever uses it last closes it. */
@Module({
  providers: [
    {
      provide: Spool,
      inject: [SprayproxyConfig, getToken(SPOOL_WRITE_SECONDS), getToken(SPOOL_WRITE_FAILURES)],
      useFactory: async (
        { spoolDir, maxSpoolBytes }: SprayproxyConfig,
        writeSeconds: Histogram,
        writeFailures: Counter,
      ): Promise<Spool | undefined> => {
        if (spoolDir === undefined) return undefined;
        // The engine takes 12 MiB, wanted or not.
        const { openSpool } = await import('./lmdb/open.js');
        const onWrite = (seconds: number, ok: boolean) => {
          writeSeconds.observe(seconds);
          if (!ok) writeFailures.inc();
        };
        return openSpool({ dir: spoolDir, maxBytes: maxSpoolBytes, onWrite });
      },
    },
  ],
  exports: [Spool],
})
export class SpoolModule {}
