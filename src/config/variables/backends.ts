import { IsOptional } from 'class-validator';

import { DAY_MS } from '../units.js';
import { BackendUrls, GoBoolean, GoDurationOrOff, Variable } from '../variable.decorators.js';

/** Who gets the webhooks. */
export class BackendVariables {
  @Variable({
    effect:
      'backend URLs, separated by white space, each with its filter after it: events=…, repositories=…; unset: none',
  })
  @IsOptional()
  @BackendUrls()
  SPRAYPROXY_SERVER_BACKEND?: string;

  // Off: whoever registers a backend receives private content.
  @Variable({ default: 'false', effect: 'serves /backends; put an authenticating proxy in front of it' })
  @GoBoolean()
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS!: boolean;

  // Off: cloud metadata services answer on link-local addresses.
  @Variable({
    default: 'false',
    effect:
      'lets registered backends be at loopback, link-local, unspecified or multicast addresses, or where clouds keep metadata',
  })
  @GoBoolean()
  SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL!: boolean;

  @Variable({
    default: 'off',
    effect: 'a registered backend that failed this long without one success is unregistered; off: never',
  })
  @GoDurationOrOff(1, 365 * DAY_MS)
  SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER!: number | null;

  @Variable({ default: 'false', effect: 'accepts any certificate of a backend (for tests only)' })
  @GoBoolean()
  SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY!: boolean;
}
