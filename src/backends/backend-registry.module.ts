import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

import { Clock } from '../clock/clock.js';
import { ownListeners } from '../config/own-listeners.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { type WebhookHttpAdapter } from '../http/webhook-http-adapter.js';
import { MetricsServer } from '../metrics/server.js';
import { SpoolModule } from '../spool/spool.module.js';
import { BackendRegistry } from './backend-registry.js';
import { NameLookups } from './name-lookups.js';
import { Ourselves } from './ourselves.js';
import { OwnNames } from './own-names.js';
import { Pauses } from './pauses.js';

@Module({
  imports: [SpoolModule],
  providers: [
    BackendRegistry,
    OwnNames,
    Pauses,
    {
      provide: NameLookups,
      useFactory: ({ threadPoolSize }: SprayproxyConfig, clock: Clock) =>
        new NameLookups(threadPoolSize, clock),
      inject: [SprayproxyConfig, Clock],
    },
    {
      provide: Ourselves,
      useFactory: (
        { serverHost, serverPort, webhookListener }: SprayproxyConfig,
        host: HttpAdapterHost<WebhookHttpAdapter>,
        metrics: MetricsServer,
      ) =>
        new Ourselves(() => {
          const [all, webhooks] = host.httpAdapter.addresses;
          // A name says less than the address that it had.
          return ownListeners({
            serverHost: all?.address ?? serverHost,
            serverPort: all?.port ?? serverPort,
            metricsPort: metrics.port,
            webhookListener: webhooks ? { host: webhooks.address, port: webhooks.port } : webhookListener,
          });
        }),
      inject: [SprayproxyConfig, HttpAdapterHost, MetricsServer],
    },
  ],
  exports: [BackendRegistry, NameLookups, Ourselves, Pauses],
})
export class BackendRegistryModule {}
