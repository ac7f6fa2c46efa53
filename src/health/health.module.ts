import { Module } from '@nestjs/common';

import { SpoolModule } from '../spool/spool.module.js';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';
import { Refusals } from './refusals.js';

@Module({
  imports: [SpoolModule],
  controllers: [HealthController],
  providers: [Readiness, Refusals],
  exports: [Readiness, Refusals],
})
export class HealthModule {}
