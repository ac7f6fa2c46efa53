import { type DynamicModule, Global, Module } from '@nestjs/common';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { createLogger, Logger } from './logger.js';
import { NestLogger } from './nest-logger.js';
import { OutsidersLog } from './outsiders-log.js';

@Global()
@Module({})
export class LoggingModule {
  /** @param logger instead of the one that writes to standard output */
  static with(logger?: Logger): DynamicModule {
    return {
      module: LoggingModule,
      providers: [
        {
          provide: Logger,
          inject: [SprayproxyConfig],
          useFactory: ({ logLevel }: SprayproxyConfig) => logger ?? createLogger(logLevel),
        },
        NestLogger,
        OutsidersLog,
      ],
      exports: [Logger, NestLogger, OutsidersLog],
    };
  }
}
