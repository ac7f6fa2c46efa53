import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { SprayproxyConfig } from './sprayproxy-config.js';

@Global()
@Module({})
export class SprayproxyConfigModule {
  static async of(config: SprayproxyConfig): Promise<DynamicModule> {
    return {
      module: SprayproxyConfigModule,
      // It reads nothing and writes nothing: what the program runs with has been read already.
      imports: [
        await ConfigModule.forRoot({ ignoreEnvFile: true, validatePredefined: false, skipProcessEnv: true }),
      ],
      providers: [{ provide: SprayproxyConfig, useValue: config }],
      exports: [SprayproxyConfig],
    };
  }
}
