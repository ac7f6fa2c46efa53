import { type LookupAddress, type LookupOptions } from 'node:dns';

import { NameLookups } from '../../backends/name-lookups.js';
import { SystemClock } from '../../clock/clock.js';
import { createLookup } from './backend-lookup.js';

/** What a lookup calls back with. An address is its own name, so no resolver is asked. */
const lookUp = (hostname: string, allowLocal: boolean, options: LookupOptions = { all: true }) =>
  new Promise<LookupAddress[] | [address: string, family: number | undefined]>((resolve, reject) => {
    const isOurs = (address: string) => address === '192.0.2.9';
    createLookup({ allowLocal, isOurs }, new NameLookups(4, new SystemClock()))(
      hostname,
      options,
      (error, address, family) => {
        if (error !== null) reject(error);
        else resolve(typeof address === 'string' ? [address, family] : address);
      },
    );
  });

describe('createLookup', () => {
  it.each([
    ['192.0.2.1', 4, false],
    ['10.0.0.1', 4, false],
    ['2001:db8::1', 6, false],
    ['127.0.0.1', 4, true],
    ['::1', 6, true],
  ])('finds %s, family %d, local ones allowed: %j', async (address, family, allowLocal) => {
    await expect(lookUp(address, allowLocal)).resolves.toEqual([{ address, family }]);
    await expect(lookUp(address, allowLocal, {})).resolves.toEqual([address, family]);
  });

  it.each(['127.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'localhost'])(
    'does not find %s where local addresses are not allowed',
    async (hostname) => {
      await expect(lookUp(hostname, false)).rejects.toMatchObject({ code: 'ELOCAL' });
    },
  );

  it.each([false, true])('does not find this program itself, local ones allowed: %j', async (allowLocal) => {
    await expect(lookUp('192.0.2.9', allowLocal)).rejects.toMatchObject({ code: 'EOWN' });
  });

  it('hands on that a name does not resolve', async () => {
    // A label has 63 characters at most.
    await expect(lookUp(`${'a'.repeat(64)}.invalid`, true)).rejects.toMatchObject({ syscall: 'getaddrinfo' });
  });
});
