import { Module } from '@nestjs/common';

import { ForwardingModule } from '../forwarding/forwarding.module.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { WebhookController } from './webhook.controller.js';

@Module({
  imports: [ForwardingModule, InflightModule, SecretsModule],
  controllers: [WebhookController],
})
export class IntakeModule {}
