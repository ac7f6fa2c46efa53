import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isIP } from 'node:net';

import { ConfigurationError } from '../config/configuration-error.js';
import { backendIsOurs } from '../config/own-address-faults.js';
import { isOurs, type OwnListener, ownListeners } from '../config/own-listeners.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { type Backend } from '../model/backend.js';
import { toBackends } from '../model/to-backends.js';
import { addressesInTime } from './addresses-in-time.js';
import { NameLookups } from './name-lookups.js';

/** Keeps the program from starting with a backend of the environment whose name, or its own, leads back to it. */
@Injectable()
export class OwnNames implements OnModuleInit {
  constructor(
    private readonly config: SprayproxyConfig,
    private readonly names: NameLookups,
  ) {}

  /** @throws ConfigurationError */
  async onModuleInit(): Promise<void> {
    const listeners = await resolvedListeners(this.config, this.names);
    const backends = toBackends(this.config.staticBackendUrls, 'static');
    const ours = await Promise.all(backends.map((backend) => this.#leadsHere(backend, listeners)));
    const faults = ours.flatMap((is, place) => (is ? [backendIsOurs(place)] : []));
    if (faults.length > 0) throw new ConfigurationError(faults);
  }

  async #leadsHere(backend: Backend, listeners: readonly OwnListener[]): Promise<boolean> {
    const { hostname, port } = backend;
    // Nobody is asked for names whose port tells already that they do not.
    if (!listeners.some((listener) => listener.port === port)) return false;
    if (isOurs({ hostname, port }, listeners)) return true;
    // Behind a proxy, the name is the proxy's to resolve.
    if (this.config.proxies.proxyFor(backend) !== undefined) return false;
    const addresses = await addressesInTime(this.names, hostname);
    return addresses.some((address) => isOurs({ hostname: address, port }, listeners));
  }
}

/** Where a process of this configuration listens, the addresses of the name of its host included. */
export async function resolvedListeners(
  config: Parameters<typeof ownListeners>[0],
  names: NameLookups,
): Promise<OwnListener[]> {
  const listeners = ownListeners(config);
  const named = listeners.filter(({ host }) => host !== undefined && isIP(host) === 0);
  const resolved = await Promise.all(
    named.map(async ({ host = '', port }) =>
      (await addressesInTime(names, host)).map((address) => ({ host: address, port })),
    ),
  );
  return [...listeners, ...resolved.flat()];
}
