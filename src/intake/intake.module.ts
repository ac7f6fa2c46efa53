import { Module } from '@nestjs/common';

import { BackendRegistryModule } from '../backends/backend-registry.module.js';
import { ForwardingModule } from '../forwarding/forwarding.module.js';
import { HealthModule } from '../health/health.module.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { SprayproxyExceptionFilter } from '../errors/sprayproxy-exception.filter.js';
import { ListenerTelemetry } from './listener-telemetry.js';
import { PayloadReader } from './payload-reader.js';
import { PayloadSizeInterceptor } from './payload-size.interceptor.js';
import { WebhookController } from './webhook.controller.js';
import { WebhookListener } from './webhook-listener.js';
import { WebhookRoute } from './webhook-route.js';
import { WebhookSignatureGuard } from './webhook-signature.guard.js';
import { WebhookTelemetry } from './webhook-telemetry.js';

@Module({
  imports: [BackendRegistryModule, ForwardingModule, HealthModule, InflightModule, SecretsModule],
  controllers: [WebhookController],
  providers: [
    ListenerTelemetry,
    PayloadReader,
    PayloadSizeInterceptor,
    SprayproxyExceptionFilter,
    WebhookListener,
    WebhookRoute,
    WebhookSignatureGuard,
    WebhookTelemetry,
  ],
  exports: [SprayproxyExceptionFilter],
})
export class IntakeModule {}
