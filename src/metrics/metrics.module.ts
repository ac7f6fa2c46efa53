import { Global, Module } from '@nestjs/common';

import { KnownSeries } from './known-series.js';
import { MetricsServer } from './metrics-server.js';
import { metricProviders } from './metrics.js';

@Global()
@Module({
  providers: [...metricProviders, KnownSeries, MetricsServer],
  exports: [...metricProviders, MetricsServer],
})
export class MetricsModule {}
