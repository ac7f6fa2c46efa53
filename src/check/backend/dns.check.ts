import { type LookupAddress } from 'node:dns';

import { type NameLookups } from '../../backends/name-lookups.js';
import { isLocalHost } from '../../backends/local-address.js';
import { type AddressRules, createLookup, ownError } from '../../forwarding/client/backend-lookup.js';
import { fault, ok } from '../check-result.js';
import { codeOf } from '../why.js';
import { type Stage, TIMED_OUT, within } from './stage.js';

/** Resolves the name as the service would. */
export async function checkDns(
  hostname: string,
  names: NameLookups,
  rules: AddressRules,
  signal: AbortSignal,
): Promise<Stage<LookupAddress[]>> {
  try {
    const addresses = await within(signal, resolve(hostname, names, rules));
    return { finding: ok(addresses.map(({ address }) => address).join(', ')), passed: addresses };
  } catch (error) {
    const code = codeOf(error);
    switch (code) {
      case 'EOWN':
        return {
          finding: fault(
            'this is Sprayproxy itself: nobody else would get what is sent there',
            'correct the URL, or take the backend out',
          ),
        };
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

const resolve = (hostname: string, names: NameLookups, rules: AddressRules): Promise<LookupAddress[]> =>
  new Promise((done, reject) => {
    if (rules.isOurs(hostname)) {
      reject(ownError());
      return;
    }
    if (!rules.allowLocal && isLocalHost(hostname)) {
      reject(Object.assign(new Error('the host is local'), { code: 'ELOCAL' }));
      return;
    }
    createLookup(rules, names)(hostname, { all: true }, (error, addresses) => {
      if (error === null) done(addresses as LookupAddress[]);
      else reject(error);
    });
  });
