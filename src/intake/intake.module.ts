import { Module } from '@nestjs/common';

import { ForwardingModule } from '../forwarding/forwarding.module.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { ListenerTelemetry } from './listener-telemetry.js';
import { PayloadReader } from './payload-reader.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookController } from './webhook.controller.js';

@Module({
  imports: [ForwardingModule, InflightModule],
  controllers: [WebhookController],
  providers: [ListenerTelemetry, PayloadReader, WebhookSecrets],
})
export class IntakeModule {}
