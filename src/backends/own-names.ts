import { Injectable, type OnModuleInit } from '@nestjs/common';

import { ConfigurationError } from '../config/configuration-error.js';
import { backendIsOurs } from '../config/own-address-faults.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { type Backend } from '../model/backend.js';
import { toBackends } from '../model/to-backends.js';
import { addressesInTime } from './addresses-in-time.js';
import { NameLookups } from './name-lookups.js';
import { Ourselves } from './ourselves.js';

/** Keeps the program from starting with a backend of the environment whose name leads back to it. */
@Injectable()
export class OwnNames implements OnModuleInit {
  constructor(
    private readonly config: SprayproxyConfig,
    private readonly ourselves: Ourselves,
    private readonly names: NameLookups,
  ) {}

  /** @throws ConfigurationError */
  async onModuleInit(): Promise<void> {
    const backends = toBackends(this.config.staticBackendUrls, 'static');
    const ours = await Promise.all(backends.map((backend) => this.#leadsHere(backend)));
    const faults = ours.flatMap((is, place) => (is ? [backendIsOurs(place)] : []));
    if (faults.length > 0) throw new ConfigurationError(faults);
  }

  /** Nobody is asked for names whose port tells already that they do not. */
  async #leadsHere(backend: Backend): Promise<boolean> {
    const { hostname, port } = backend;
    if (!this.ourselves.listenAt(port)) return false;
    // Behind a proxy, the name is the proxy's to resolve.
    if (this.config.proxies.proxyFor(backend) !== undefined) return false;
    const addresses = await addressesInTime(this.names, hostname);
    return addresses.some((address) => this.ourselves.isAt(address, port));
  }
}
