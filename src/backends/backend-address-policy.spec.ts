import { configFor } from '../../test/support/config-for.js';
import { ownListeners } from '../config/own-listeners.js';
import { SystemClock } from '../clock/clock.js';
import { BackendAddressPolicy } from './backend-address-policy.js';
import { NameLookups } from './name-lookups.js';
import { Ourselves } from './ourselves.js';
import { Backend } from '../model/backend.js';

const LOCAL = [
  'http://localhost',
  'http://127.0.0.1',
  'http://127.1',
  'http://2130706433',
  'http://0x7f000001',
  'http://0177.0.0.1',
  'http://0.0.0.0:8081',
  'http://169.254.169.254/latest/meta-data',
  'http://224.0.0.1',
  'http://[::1]',
  'http://[::]',
  'http://[fe80::1]',
  'http://[ff02::1]',
  'http://[::ffff:127.0.0.1]',
  'http://[::ffff:a9fe:a9fe]',
  'http://localhost.',
  'http://pac.localhost',
  'http://metadata.google.internal',
  'http://[2002:7f00:1::]',
];
const OTHERS = [
  'http://192.0.2.1',
  'http://10.0.0.1',
  'http://[fd00::1]',
  // A label has 63 characters at most, so this one cannot resolve anywhere.
  `http://${'a'.repeat(64)}.invalid`,
];

const check = (url: string, environment: Record<string, string> = {}) =>
  new BackendAddressPolicy(
    configFor(environment),
    new Ourselves(() =>
      ownListeners({
        serverHost: undefined,
        serverPort: 8080,
        metricsPort: 9090,
        webhookListener: undefined,
      }),
    ),
    new NameLookups(4, new SystemClock()),
  ).check(new Backend(new URL(url), 'registered'));

describe('BackendAddressPolicy', () => {
  it.each(LOCAL)('refuses %s', async (url) => {
    await expect(check(url)).rejects.toMatchObject({
      code: 'invalid-backend',
      message: 'url must not be at a loopback, link-local, unspecified or multicast address',
    });
  });

  it.each(OTHERS)('lets %s through', async (url) => {
    await expect(check(url)).resolves.toBeUndefined();
  });

  it.each(LOCAL)('lets %s through where local addresses are allowed', async (url) => {
    await expect(check(url, { SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true' })).resolves.toBeUndefined();
  });

  it.each([
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]:8080',
    'http://0.0.0.0:8080/base',
    'http://127.0.0.1:9090/metrics',
    'https://localhost:9090',
  ])('refuses %s, where this program listens, wherever local addresses are allowed', async (url) => {
    await expect(check(url, { SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true' })).rejects.toMatchObject({
      code: 'invalid-backend',
      message: 'url must not be at an address of this program itself',
    });
  });
});
