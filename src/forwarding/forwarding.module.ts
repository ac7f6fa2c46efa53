import { HttpService } from '@nestjs/axios';
import { Module, type OnApplicationShutdown } from '@nestjs/common';

import { BackendRegistryModule } from '../backends/backend-registry.module.js';
import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { Spool } from '../spool/spool.js';
import { SpoolModule } from '../spool/spool.module.js';
import { BackendClient } from './client/backend-client.js';
import { BackendPools } from './client/backend-pools.js';
import { BackendTls } from './client/backend-tls.js';
import { socketAxios } from './client/socket-axios.js';
import { FanOutService } from './fan-out.service.js';
import { Filtering } from './filtering.js';
import { ForwardMetrics } from './lane/forward-metrics.js';
import { LaneMetrics } from './lane/lane-metrics.js';
import { LanesService } from './lane/lanes.service.js';
import { RejectedSweep } from './lane/rejected-sweep.js';
import { Sender } from './lane/sender.js';
import { Signer } from './lane/signer.js';
import { RecentDeliveries } from './recent/recent-deliveries.js';
import { Remembering } from './recent/remembering.js';
import { RemainsService } from './remains.service.js';

@Module({
  imports: [BackendRegistryModule, InflightModule, SecretsModule, SpoolModule],
  providers: [
    BackendClient,
    BackendPools,
    BackendTls,
    FanOutService,
    Filtering,
    ForwardMetrics,
    LaneMetrics,
    LanesService,
    RecentDeliveries,
    RejectedSweep,
    Remembering,
    RemainsService,
    Sender,
    Signer,
    { provide: HttpService, useFactory: () => new HttpService(socketAxios()) },
  ],
  exports: [FanOutService, LanesService, RecentDeliveries, SpoolModule],
})
export class ForwardingModule implements OnApplicationShutdown {
  constructor(
    private readonly lanes: LanesService,
    private readonly pools: BackendPools,
    private readonly remembering: Remembering,
    private readonly spool: Spool,
    private readonly clock: Clock,
    private readonly config: SprayproxyConfig,
  ) {}

  /** The listener is closed. Attempts that outlived their answer end; the spool has what they leave owed. */
  async onApplicationShutdown(): Promise<void> {
    let cancel: (() => void) | undefined;
    const timeout = new Promise<void>((resolve) => {
      cancel = this.clock.after(this.config.attemptTimeoutMs, resolve);
    });
    await Promise.race([this.lanes.stop(), timeout]).finally(cancel);
    await this.remembering.flush();
    this.pools.destroy();
    await this.spool.close();
  }
}
