import { Injectable } from '@nestjs/common';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type Backend } from '../model/backend.js';
import { addressesInTime } from './addresses-in-time.js';
import { isLocalAddress, isLocalHost } from './local-address.js';
import { NameLookups } from './name-lookups.js';
import { Ourselves } from './ourselves.js';

/** Which addresses a registered backend may have. Connections to it are held to the same rule. */
@Injectable()
export class BackendAddressPolicy {
  constructor(
    private readonly config: SprayproxyConfig,
    private readonly ourselves: Ourselves,
    private readonly names: NameLookups,
  ) {}

  /**
   * A name that does not resolve (yet) is let through: routes of new clusters take a while to be known.
   * @throws SprayproxyError `invalid-backend`
   */
  async check({ hostname, port }: Backend): Promise<void> {
    const addresses = await addressesInTime(this.names, hostname);
    if ([hostname, ...addresses].some((name) => this.ourselves.isAt(name, port))) {
      throw new SprayproxyError('invalid-backend', 'url must not be at an address of this program itself');
    }
    if (this.config.allowLocalBackends) return;
    if (isLocalHost(hostname) || addresses.some(isLocalAddress)) {
      throw new SprayproxyError(
        'invalid-backend',
        'url must not be at a loopback, link-local, unspecified or multicast address',
      );
    }
  }
}
