import { HttpService } from '@nestjs/axios';
import { Module } from '@nestjs/common';
import { Axios } from 'axios';

import { BackendRegistryModule } from '../backends/backend-registry.module.js';
import { BackendClient } from './backend-client.js';
import { BackendPools } from './backend-pools.js';
import { FanOutService } from './fan-out.service.js';
import { ForwardMetrics } from './forward-metrics.js';
import { GapMemory } from './gap-memory.js';
import { undiciAdapter } from './undici-adapter.js';

type AxiosInstance = ConstructorParameters<typeof HttpService>[0];

@Module({
  imports: [BackendRegistryModule],
  providers: [
    BackendClient,
    BackendPools,
    FanOutService,
    ForwardMetrics,
    GapMemory,
    {
      provide: HttpService,
      // A bare instance: the defaults and transforms of `axios.create` cost more than the request. The cast is between
      // the same types as axios declares them for CommonJS and for ES modules.
      useFactory: () => new HttpService(new Axios({ adapter: undiciAdapter }) as unknown as AxiosInstance),
    },
  ],
  exports: [FanOutService],
})
export class ForwardingModule {}
