import { type LookupAddress } from 'node:dns';

import { type NameLookups } from '../../backends/name-lookups.js';
import { isLocalHost } from '../../backends/local-address.js';
import { createLookup } from '../../forwarding/client/backend-lookup.js';
import { fault, ok } from '../check-result.js';
import { codeOf } from '../why.js';
import { type Stage, TIMED_OUT, within } from './stage.js';

/** Resolves the name as the service would. @param allowLocal whether the addresses may be local */
export async function checkDns(
  hostname: string,
  names: NameLookups,
  allowLocal: boolean,
  signal: AbortSignal,
): Promise<Stage<LookupAddress[]>> {
  try {
    const addresses = await within(signal, resolve(hostname, names, allowLocal));
    return { finding: ok(addresses.map(({ address }) => address).join(', ')), passed: addresses };
  } catch (error) {
    const code = codeOf(error);
    switch (code) {
      case 'ELOCAL':
        return {
          finding: fault(
            'the name resolves to local addresses only, which a registered backend must not have',
            'register it under another name, or set SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL',
          ),
        };
      case TIMED_OUT:
        return {
          finding: fault('the name was not resolved in time', 'see whether this host reaches its DNS server'),
        };
      default:
        return {
          finding: fault(
            `the name does not resolve (${code})`,
            'correct the URL, or the DNS; take the backend out if its cluster is gone',
          ),
        };
    }
  }
}

const resolve = (hostname: string, names: NameLookups, allowLocal: boolean): Promise<LookupAddress[]> =>
  new Promise((done, reject) => {
    if (!allowLocal && isLocalHost(hostname)) {
      reject(Object.assign(new Error('the host is local'), { code: 'ELOCAL' }));
      return;
    }
    createLookup(allowLocal, names)(hostname, { all: true }, (error, addresses) => {
      if (error === null) done(addresses as LookupAddress[]);
      else reject(error);
    });
  });
