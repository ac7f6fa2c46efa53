import { HttpService } from '@nestjs/axios';
import { Inject, Module, type OnApplicationShutdown, Optional } from '@nestjs/common';

import { BackendRegistryModule } from '../backends/backend-registry.module.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { Journal } from '../spool/journal.js';
import { Spool } from '../spool/spool.js';
import { SpoolModule } from '../spool/spool.module.js';
import { AttemptService } from './lane/attempt.service.js';
import { BackendClient } from './client/backend-client.js';
import { BackendPools } from './client/backend-pools.js';
import { BackendTls } from './client/backend-tls.js';
import { Clock } from '../clock/clock.js';
import { DeliveryRecords } from './delivery-records.js';
import { DrainService } from './lane/drain.service.js';
import { FanOutService } from './fan-out.service.js';
import { ForwardMetrics } from './lane/forward-metrics.js';
import { GapMemory } from './gap-memory.js';
import { SpoolMetrics } from './lane/spool-metrics.js';
import { socketAxios } from './client/socket-axios.js';

@Module({
  imports: [BackendRegistryModule, InflightModule, SpoolModule],
  providers: [
    AttemptService,
    BackendClient,
    BackendPools,
    BackendTls,
    DeliveryRecords,
    DrainService,
    FanOutService,
    ForwardMetrics,
    GapMemory,
    Journal,
    SpoolMetrics,
    { provide: HttpService, useFactory: () => new HttpService(socketAxios()) },
  ],
  exports: [FanOutService, DrainService, Journal, SpoolModule],
})
export class ForwardingModule implements OnApplicationShutdown {
  constructor(
    private readonly drain: DrainService,
    private readonly pools: BackendPools,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
    @Optional() @Inject(Spool) private readonly spool?: Spool,
  ) {}

  /** The listener is closed. Attempts that outlived their answer end; the spool has what they leave owed. */
  async onApplicationShutdown(): Promise<void> {
    let cancel: (() => void) | undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.clock.after(this.config.attemptTimeoutMs, resolve);
    });
    await Promise.race([this.drain.stop(), timeout]).finally(cancel);
    this.pools.destroy();
    await this.spool?.close();
  }
}
