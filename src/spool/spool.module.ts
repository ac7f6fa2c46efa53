import { Module } from '@nestjs/common';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { LmdbSpool } from './lmdb-spool.js';
import { Spool } from './spool.js';

@Module({
  providers: [
    {
      provide: Spool,
      inject: [SprayproxyConfig],
      useFactory: ({ spoolDir, maxSpoolBytes }: SprayproxyConfig) =>
        spoolDir === undefined ? undefined : new LmdbSpool({ dir: spoolDir, maxBytes: maxSpoolBytes }),
    },
  ],
  exports: [Spool],
})
export class SpoolModule {}
