import { Global, Module } from '@nestjs/common';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { createLogger, Logger } from './logger.js';
import { NestLogger } from './nest-logger.js';

@Global()
@Module({
  providers: [
    {
      provide: Logger,
      inject: [SprayproxyConfig],
      useFactory: (config: SprayproxyConfig) => createLogger(config.logLevel),
    },
    NestLogger,
  ],
  exports: [Logger, NestLogger],
})
export class LoggingModule {}
