import { configFor } from '../../test/support/config-for.js';
import { checkInsecure } from './insecure.check.js';

it.each<[Record<string, string>, string[]]>([
  [{}, []],
  [
    { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'true' },
    ['SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY'],
  ],
  [{ SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY: '1' }, ['SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY']],
  [{ SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true' }, []],
  [
    { SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true', SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' },
    ['SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL'],
  ],
])('warns of switches that are on: %j', (environment, expected) => {
  const found = checkInsecure(configFor(environment));
  expect(found.map(([subject]) => subject)).toEqual(expected);
  expect(found.every(([, { status }]) => status === 'warning')).toBe(true);
});
