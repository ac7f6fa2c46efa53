import { type DynamicModule, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { ConditionalModule } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';

import { BackendsModule } from './backends/backends.module.js';
import { type Clock } from './clock/clock.js';
import { ClockModule } from './clock/clock.module.js';
import { SprayproxyConfigModule } from './config/config.module.js';
import { type SprayproxyConfig } from './config/sprayproxy-config.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { OperationsModule } from './deliveries/operations/operations.module.js';
import { SprayproxyExceptionFilter } from './errors/sprayproxy-exception.filter.js';
import { HealthModule } from './health/health.module.js';
import { rejectUnserved } from './http/reject-unserved.js';
import { IntakeModule } from './intake/intake.module.js';
import { type Logger } from './logging/logger.js';
import { LoggingModule } from './logging/logging.module.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { PageModule } from './page/page.module.js';
import { RecoveryModule } from './recovery/recovery.module.js';
import { SpoolModule } from './spool/spool.module.js';

/** What stands in for a part of the outside world. */
export interface Replacements {
  readonly clock?: Clock;
  readonly logger?: Logger;
}

@Module({})
export class AppModule implements NestModule {
  static async of(config: SprayproxyConfig, { clock, logger }: Replacements = {}): Promise<DynamicModule> {
    const only = { debug: false };
    return {
      module: AppModule,
      imports: [
        await SprayproxyConfigModule.of(config),
        ClockModule.with(clock),
        LoggingModule.with(logger),
        MetricsModule,
        HealthModule,
        SpoolModule,
        IntakeModule,
        await ConditionalModule.registerWhen(BackendsModule, () => config.dynamicBackendsEnabled, only),
        await ConditionalModule.registerWhen(PageModule, () => config.deliveriesEnabled, only),
        await ConditionalModule.registerWhen(OperationsModule, () => config.deliveriesEnabled, only),
        await ConditionalModule.registerWhen(DeliveriesModule, () => config.deliveriesEnabled, only),
        await ConditionalModule.registerWhen(RecoveryModule, () => config.recovery !== undefined, only),
      ],
      providers: [{ provide: APP_FILTER, useExisting: SprayproxyExceptionFilter }],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(rejectUnserved).forRoutes('{*path}');
  }
}
