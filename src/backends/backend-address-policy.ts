import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';

import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type Backend } from '../model/backend.js';
import { isLocalAddress } from './local-address.js';
import { NameLookups } from './name-lookups.js';

/** A name that takes longer to resolve counts as one that does not resolve yet. */
const LOOKUP_TIMEOUT_MS = 2000;

/** Which addresses a registered backend may have. Connections to it are held to the same rule. */
@Injectable()
export class BackendAddressPolicy {
  constructor(
    private readonly config: SprayproxyConfig,
    private readonly names: NameLookups,
  ) {}

  /**
   * A name that does not resolve (yet) is let through: routes of new clusters take a while to be known.
   * @throws SprayproxyError `invalid-backend`
   */
  async check({ hostname }: Backend): Promise<void> {
    if (this.config.allowLocalBackends) return;
    if ((await addressesOf(this.names, hostname)).some(isLocalAddress)) {
      throw new SprayproxyError(
        'invalid-backend',
        'url must not be at a loopback, link-local, unspecified or multicast address',
      );
    }
  }
}

async function addressesOf(names: NameLookups, hostname: string): Promise<string[]> {
  const timer = new AbortController();
  try {
    const addresses = await Promise.race([
      names.resolve(hostname),
      delay(LOOKUP_TIMEOUT_MS, [], { signal: timer.signal }),
    ]);
    return addresses.map(({ address }) => address);
  } catch {
    return [];
  } finally {
    timer.abort();
  }
}
