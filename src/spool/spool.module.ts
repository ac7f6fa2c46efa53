import { Module } from '@nestjs/common';

import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { spoolPassword } from '../config/spool-password.js';
import { Logger } from '../logging/logger.js';
import { shownDatabase } from '../model/postgres-url.js';
import { NoSpool } from './no-spool.js';
import type * as Visit from './postgres/visit.js';
import { type DatabaseVisit } from './postgres/visit.js';
import { SpoolMetrics } from './spool-metrics.js';
import { Spool } from './spool.js';
import { UnusableSpool } from './unusable-spool.js';

/** How a spool is looked at by who does not take it. */
export { nearestExisting, spoolFileBytes, type SpoolVisit, visitSpool } from './lmdb/peek.js';

/** The same for a database; of its engine no more is loaded before it is called. */
export const visitDatabase = async (...all: Parameters<typeof Visit.visitDatabase>): Promise<DatabaseVisit> =>
  (await import('./postgres/visit.js')).visitDatabase(...all);
export { type DatabaseVisit } from './postgres/visit.js';

/** Gives `Spool`. Whoever uses it last closes it. */
@Module({
  providers: [
    SpoolMetrics,
    UnusableSpool,
    {
      provide: Spool,
      inject: [SprayproxyConfig, Clock, Logger, SpoolMetrics, UnusableSpool],
      useFactory: async (
        config: SprayproxyConfig,
        clock: Clock,
        logger: Logger,
        metrics: SpoolMetrics,
        unusable: UnusableSpool,
      ): Promise<Spool> => {
        const spool = await open(config, clock, metrics, unusable);
        metrics.follow(spool);
        logLoss(spool, logger, config);
        return spool;
      },
    },
  ],
  exports: [Spool],
})
export class SpoolModule {}

/** An engine takes 12 MiB, wanted or not: only the one that is wanted is loaded. */
async function open(
  { spoolDir, spoolDatabase, maxSpoolBytes, allowAsyncCommit, deliveriesMaxAgeMs }: SprayproxyConfig,
  clock: Clock,
  { onWrite, onVerb }: SpoolMetrics,
  unusable: UnusableSpool,
): Promise<Spool> {
  if (spoolDir !== undefined) {
    const { openSpool } = await import('./lmdb/open.js');
    return openSpool({ dir: spoolDir, maxBytes: maxSpoolBytes, clock, onWrite });
  }
  if (spoolDatabase !== undefined) {
    const { openPostgresSpool } = await import('./postgres/open.js');
    return openPostgresSpool({
      url: spoolDatabase.url,
      password: spoolPassword(spoolDatabase),
      maxBytes: maxSpoolBytes,
      allowAsyncCommit,
      clock,
      maxPastAgeMs: deliveriesMaxAgeMs,
      onVerb,
      onWrite,
      onUnusable: unusable.tell,
    });
  }
  return new NoSpool();
}

function logLoss(spool: Spool, logger: Logger, { spoolDatabase }: SprayproxyConfig): void {
  const where = spoolDatabase && { database: shownDatabase(spoolDatabase.url) };
  if (spool.unready !== undefined) {
    logger.error({ why: spool.unready, ...where }, 'the spool is not there yet: no webhook is welcome');
  }
  spool.watch(({ kind }) => {
    if (kind === 'lost')
      logger.error({ why: spool.fault, ...where }, 'the spool is lost: nothing that is owed is kept');
    if (kind === 'found') logger.info({ ...where }, 'the spool is there again');
  });
}
