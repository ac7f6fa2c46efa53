import { Module } from '@nestjs/common';

import { InflightBudget } from './inflight-budget.js';

@Module({ providers: [InflightBudget], exports: [InflightBudget] })
export class InflightModule {}
