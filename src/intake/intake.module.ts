import { Module } from '@nestjs/common';

import { ForwardingModule } from '../forwarding/forwarding.module.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { ListenerTelemetry } from './listener-telemetry.js';
import { PayloadReader } from './payload-reader.js';
import { WebhookController } from './webhook.controller.js';

@Module({
  imports: [ForwardingModule, InflightModule, SecretsModule],
  controllers: [WebhookController],
  providers: [ListenerTelemetry, PayloadReader],
})
export class IntakeModule {}
