import { type LookupAddress, type LookupOptions } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { type LookupFunction } from 'node:net';

import { isLocalAddress } from '../../backends/local-address.js';

type Callback = Parameters<LookupFunction>[2];

/**
 * Name resolution for the connections to a backend.
 *
 * Lookups occupy a thread each until the resolver gives up; there are few threads. So all that want the same name share
 * one lookup: a dead name holds up one thread, and the healthy backends find the others free.
 * @param allowLocal whether an address may be local; otherwise such a name cannot be connected to, whatever it
 *   resolved to when the backend was registered.
 */
export function createLookup(allowLocal: boolean): LookupFunction {
  const underWay = new Map<string, Promise<LookupAddress[]>>();

  const resolve = (hostname: string): Promise<LookupAddress[]> => {
    let addresses = underWay.get(hostname);
    if (addresses === undefined) {
      addresses = lookup(hostname, { all: true }).finally(() => underWay.delete(hostname));
      underWay.set(hostname, addresses);
    }
    return addresses;
  };

  return (hostname, options, callback) => {
    resolve(hostname).then(
      (all) => {
        answer(allowLocal ? all : all.filter(({ address }) => !isLocalAddress(address)), options, callback);
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, []);
      },
    );
  };
}

function answer(addresses: LookupAddress[], options: LookupOptions, callback: Callback): void {
  const [first] = addresses;
  if (first === undefined) {
    callback(Object.assign(new Error('the name resolves to local addresses only'), { code: 'ELOCAL' }), []);
  } else if (options.all === true) {
    callback(null, addresses);
  } else {
    callback(null, first.address, first.family);
  }
}
