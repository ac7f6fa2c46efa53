import { IsOptional, Matches } from 'class-validator';

import { PrivateKeyFile } from '../private-key.decorator.js';
import { DAY_MS, HOUR_MS } from '../units.js';
import { BaseUrl, GoDuration, Variable, WholeNumber } from '../variable.decorators.js';

/** How what GitHub could not deliver comes back. */
export class RecoveryVariables {
  @Variable({
    effect:
      'id of the GitHub App; with its key: GitHub is asked to send again what it could not deliver while nobody took it',
  })
  @IsOptional()
  @Matches(/^(\d{1,15}|Iv[\w.]{1,40})$/, {
    message: '$property must be the id of a GitHub App: a number, or its client id',
  })
  GH_APP_ID?: string;

  @Variable({ effect: 'file with the private key of the GitHub App, PEM; read again when it changes' })
  @IsOptional()
  @PrivateKeyFile()
  GH_APP_PRIVATE_KEY_FILE?: string;

  @Variable({
    default: 'https://api.github.com',
    effect: 'where the API of GitHub is; of GitHub Enterprise Server: https://<host>/api/v3',
  })
  @BaseUrl()
  SPRAYPROXY_GITHUB_API_URL!: string;

  @Variable({
    default: '2m',
    effect:
      "time between two looks at GitHub's list of deliveries; also before what failed again is asked for again",
  })
  @GoDuration(100, DAY_MS)
  SPRAYPROXY_RECOVERY_INTERVAL!: number;

  // GitHub's list goes back no further.
  @Variable({ default: '72h', effect: 'age at which what GitHub could not deliver is asked for no more' })
  @GoDuration(1, 72 * HOUR_MS)
  SPRAYPROXY_RECOVERY_MAX_AGE!: number;

  @Variable({ default: '3', effect: 'how often one delivery is asked for; each wait is 8 times the last' })
  @WholeNumber(1, 100)
  SPRAYPROXY_RECOVERY_MAX_ATTEMPTS!: number;

  // GitHub wants a second between two requests that change something.
  @Variable({ default: '60', effect: 'requests for redelivery a minute' })
  @WholeNumber(1, 6000)
  SPRAYPROXY_RECOVERY_RATE!: number;
}
