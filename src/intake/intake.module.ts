import { type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';

import { ForwardingModule } from '../forwarding/forwarding.module.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookTelemetry } from './webhook-telemetry.js';
import { WebhookController } from './webhook.controller.js';

@Module({
  imports: [ForwardingModule, InflightModule],
  controllers: [WebhookController],
  providers: [WebhookSecrets],
})
export class IntakeModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply(WebhookTelemetry)
      .forRoutes({ path: '/', method: RequestMethod.POST }, { path: 'proxy', method: RequestMethod.POST });
  }
}
