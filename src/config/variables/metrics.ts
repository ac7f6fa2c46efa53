import { IsOptional } from 'class-validator';

import { ReadableFile, Variable, WholeNumber } from '../variable.decorators.js';

/** Where the metrics are served. */
export class MetricsVariables {
  @Variable({ default: '9090', effect: 'port of the metrics listener; 0 takes a free one' })
  @WholeNumber(0, 65_535)
  SPRAYPROXY_SERVER_METRICS_PORT!: number;

  @Variable({ effect: 'PEM certificate file; with the key, metrics are served over TLS' })
  @IsOptional()
  @ReadableFile()
  SPRAYPROXY_SERVER_METRICS_CERT?: string;

  @Variable({ effect: 'PEM key file of that certificate' })
  @IsOptional()
  @ReadableFile()
  SPRAYPROXY_SERVER_METRICS_KEY?: string;
}
