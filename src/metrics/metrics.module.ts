import { Global, Module } from '@nestjs/common';

import { KnownSeries } from './known-series.js';
import { MetricsServer } from './server.js';
import { metricProviders } from './providers.js';

@Global()
@Module({
  providers: [...metricProviders, KnownSeries, MetricsServer],
  exports: [...metricProviders, MetricsServer],
})
export class MetricsModule {}
