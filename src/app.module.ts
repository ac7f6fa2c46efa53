import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { ConditionalModule } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';

import { BackendsModule } from './backends/backends.module.js';
import { SprayproxyConfigModule } from './config/config.module.js';
import { deliveriesEnabled, dynamicBackendsEnabled } from './config/environment-variables.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { SprayproxyExceptionFilter } from './errors/sprayproxy-exception.filter.js';
import { HealthModule } from './health/health.module.js';
import { rejectHead } from './http/reject-head.js';
import { IntakeModule } from './intake/intake.module.js';
import { LoggingModule } from './logging/logging.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { SpoolModule } from './spool/spool.module.js';

@Module({})
export class AppModule implements NestModule {
  /** @throws ConfigurationError if the environment cannot be used. */
  static async forEnvironment(): Promise<DynamicModule> {
    return {
      module: AppModule,
      imports: [
        await SprayproxyConfigModule.forRoot(),
        LoggingModule,
        MetricsModule,
        HealthModule,
        SpoolModule,
        IntakeModule,
        await ConditionalModule.registerWhen(BackendsModule, dynamicBackendsEnabled, { debug: false }),
        await ConditionalModule.registerWhen(DeliveriesModule, deliveriesEnabled, { debug: false }),
      ],
      providers: [{ provide: APP_FILTER, useClass: SprayproxyExceptionFilter }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(rejectHead).forRoutes('{*path}');
  }
}
