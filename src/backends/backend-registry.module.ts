import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { Clock } from '../clock/clock.js';
import { ownListeners } from '../config/own-listeners.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { MetricsServer } from '../metrics/server.js';
import { SpoolModule } from '../spool/spool.module.js';
import { BackendRegistry } from './backend-registry.js';
import { NameLookups } from './name-lookups.js';
import { Ourselves } from './ourselves.js';
import { OwnNames } from './own-names.js';

@Module({
  imports: [SpoolModule],
  providers: [
    BackendRegistry,
    OwnNames,
    {
      provide: NameLookups,
      useFactory: ({ threadPoolSize }: SprayproxyConfig, clock: Clock) =>
        new NameLookups(threadPoolSize, clock),
      inject: [SprayproxyConfig, Clock],
    },
    {
      provide: Ourselves,
      useFactory: (
        { serverHost, serverPort }: SprayproxyConfig,
        host: HttpAdapterHost,
        metrics: MetricsServer,
      ) =>
        new Ourselves(() => {
          const listening = (host.httpAdapter.getHttpServer() as Server).address() as AddressInfo | null;
          return ownListeners({
            // A name says less than the address that it had.
            serverHost: listening?.address ?? serverHost,
            serverPort: listening?.port ?? serverPort,
            metricsPort: metrics.port,
          });
        }),
      inject: [SprayproxyConfig, HttpAdapterHost, MetricsServer],
    },
  ],
  exports: [BackendRegistry, NameLookups, Ourselves],
})
export class BackendRegistryModule {}
