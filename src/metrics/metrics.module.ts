import { Global, Module } from '@nestjs/common';

import { MetricsServer } from './metrics-server.js';
import { metricProviders } from './metrics.js';

@Global()
@Module({
  providers: [...metricProviders, MetricsServer],
  exports: [...metricProviders, MetricsServer],
})
export class MetricsModule {}
