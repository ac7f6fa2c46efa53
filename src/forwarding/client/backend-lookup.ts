import { type LookupAddress, type LookupOptions } from 'node:dns';
import { type LookupFunction } from 'node:net';

import { isLocalAddress } from '../../backends/local-address.js';
import { type NameLookups } from '../../backends/name-lookups.js';

type Callback = Parameters<LookupFunction>[2];

/** Which addresses a name may have, whatever it resolved to when the backend was registered. */
export interface AddressRules {
  readonly allowLocal: boolean;
  /** Whether this program itself is at an address: then it is behind the name. */
  readonly isOurs: (address: string) => boolean;
}

/** Name resolution for the connections to a backend. */
export const createLookup =
  ({ allowLocal, isOurs }: AddressRules, names: NameLookups): LookupFunction =>
  (hostname, options, callback) => {
    names.resolve(hostname).then(
      (all) => {
        if (all.some(({ address }) => isOurs(address))) {
          callback(ownError(), []);
          return;
        }
        answer(allowLocal ? all : all.filter(({ address }) => !isLocalAddress(address)), options, callback);
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, []);
      },
    );
  };

function answer(addresses: LookupAddress[], options: LookupOptions, callback: Callback): void {
  const [first] = addresses;
  if (first === undefined) {
    callback(localError('the name resolves to local addresses only'), []);
  } else if (options.all === true) {
    callback(null, addresses);
  } else {
    callback(null, first.address, first.family);
  }
}

export const localError = (message: string): Error => Object.assign(new Error(message), { code: 'ELOCAL' });

export const ownError = (): Error =>
  Object.assign(new Error('the host is this program itself'), { code: 'EOWN' });
