import { Module } from '@nestjs/common';

import { ArrivingBodies } from './arriving-bodies.js';
import { InflightBudget } from './inflight-budget.js';

@Module({ providers: [InflightBudget, ArrivingBodies], exports: [InflightBudget, ArrivingBodies] })
export class InflightModule {}
