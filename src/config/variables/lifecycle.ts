import { IsIn } from 'class-validator';

import { HOUR_MS } from '../units.js';
import { GoDuration, Variable } from '../variable.decorators.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** How the process ends, and what it says meanwhile. */
export class LifecycleVariables {
  @Variable({
    default: '0s',
    effect:
      'time between SIGTERM, when readiness falls, and the last new connection; once more the same at most, while requests still come',
  })
  @GoDuration(0, HOUR_MS)
  SPRAYPROXY_SHUTDOWN_DELAY!: number;

  // Below Kubernetes' default grace period of 30 s, above the 15 s of an attempt.
  @Variable({ default: '25s', effect: 'time requests in flight get to finish after that' })
  @GoDuration(0, HOUR_MS)
  SPRAYPROXY_SHUTDOWN_TIMEOUT!: number;

  @Variable({ default: 'info', effect: LOG_LEVELS.join(', ') })
  @IsIn(LOG_LEVELS, { message: `$property must be one of ${LOG_LEVELS.join(', ')}` })
  SPRAYPROXY_LOG_LEVEL!: (typeof LOG_LEVELS)[number];
}
