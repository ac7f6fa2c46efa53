import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';

import { validateEnvironment } from './environment-variables.js';
import { SprayproxyConfig } from './sprayproxy-config.js';

@Global()
@Module({})
export class SprayproxyConfigModule {
  /** @throws ConfigurationError if the environment cannot be used. */
  static async forRoot(): Promise<DynamicModule> {
    return {
      module: SprayproxyConfigModule,
      // No .env file: what a pod runs with is what its manifest says.
      imports: [
        await ConfigModule.forRoot({
          ignoreEnvFile: true,
          validate: validateEnvironment,
          // What the validation takes for unset stays unset: the environment itself would answer with an empty text.
          skipProcessEnv: true,
        }),
      ],
      providers: [SprayproxyConfig],
      exports: [SprayproxyConfig],
    };
  }
}
