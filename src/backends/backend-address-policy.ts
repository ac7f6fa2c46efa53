import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { isOwnListener } from '../config/own-listeners.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type Backend } from '../model/backend.js';
import { isLocalAddress, isLocalHost } from './local-address.js';
import { NameLookups } from './name-lookups.js';

/** A name that takes longer to resolve counts as one that does not resolve yet. */
const LOOKUP_TIMEOUT_MS = 2000;

/** Which addresses a registered backend may have. Connections to it are held to the same rule. */
@Injectable()
export class BackendAddressPolicy {
  constructor(
    private readonly config: SprayproxyConfig,
    private readonly host: HttpAdapterHost,
    private readonly names: NameLookups,
  ) {}

  /**
   * A name that does not resolve (yet) is let through: routes of new clusters take a while to be known.
   * @throws SprayproxyError `invalid-backend`
   */
  async check({ hostname, port }: Backend): Promise<void> {
    const addresses = await addressesOf(this.names, hostname);
    const { serverHost, serverPort } = this.config;
    const listening = (this.host.httpAdapter.getHttpServer() as Server).address() as AddressInfo | null;
    const listener = { host: serverHost, port: listening?.port ?? serverPort };
    if ([hostname, ...addresses].some((name) => isOwnListener({ hostname: name, port }, listener))) {
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
