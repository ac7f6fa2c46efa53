import { Module } from '@nestjs/common';

import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SpoolModule } from '../spool/spool.module.js';
import { BackendRegistry } from './backend-registry.js';
import { NameLookups } from './name-lookups.js';

@Module({
  imports: [SpoolModule],
  providers: [
    BackendRegistry,
    {
      provide: NameLookups,
      useFactory: ({ threadPoolSize }: SprayproxyConfig, clock: Clock) =>
        new NameLookups(threadPoolSize, clock),
      inject: [SprayproxyConfig, Clock],
    },
  ],
  exports: [BackendRegistry, NameLookups],
})
export class BackendRegistryModule {}
