import { Module } from '@nestjs/common';

import { ForwardingModule } from '../forwarding/forwarding.module.js';
import { HealthModule } from '../health/health.module.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { OwnRecord } from './own-record.js';
import { RecoveryMetrics } from './recovery-metrics.js';
import { RecoveryService } from './recovery.service.js';

/** Has GitHub send again what it could not deliver. */
@Module({
  imports: [ForwardingModule, HealthModule, SecretsModule],
  providers: [OwnRecord, RecoveryMetrics, RecoveryService],
})
export class RecoveryModule {}
