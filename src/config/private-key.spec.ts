import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { useTempDir } from '../../test/support/temp-dir.js';
import { configFor } from '../../test/support/config-for.js';
import { readPrivateKey } from './private-key.js';

const dir = useTempDir();
const file = (text: string | Buffer): string => {
  const path = join(dir.path, 'key.pem');
  writeFileSync(path, text);
  return path;
};

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: ofCurve } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

it.each(['pkcs1', 'pkcs8'] as const)('reads a key in %s', (type) => {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' });
  expect(readPrivateKey(file(privateKey.export({ type, format: 'pem' })))).toBe(pkcs8);
});

const NO_KEY = 'an RSA private key in PEM';

it.each<[string, string | Buffer, string]>([
  ['nothing', '', NO_KEY],
  ['a secret', 'a webhook secret', NO_KEY],
  ['a key of another kind', ofCurve.export({ type: 'pkcs8', format: 'pem' }), NO_KEY],
  ['far too much', Buffer.alloc(100_000, 'x'), NO_KEY],
])('says by name that there is no key in %s', (_what, text, fault) => {
  const env = { GH_APP_ID: '1', GH_APP_PRIVATE_KEY_FILE: file(text) };
  expect(() => configFor(env)).toThrow(/^GH_APP_PRIVATE_KEY_FILE must .*/);
  expect(() => configFor(env)).toThrow(fault);
});

it.each([
  [{ GH_APP_ID: '1' }, 'must be set together'],
  [{ GH_APP_ID: 'my app', GH_APP_PRIVATE_KEY_FILE: '' }, 'GH_APP_ID must be the id of a GitHub App'],
  [{ GH_APP_PRIVATE_KEY_FILE: '/does/not/exist' }, 'name a file that this process can read'],
  [{ SPRAYPROXY_GITHUB_API_URL: 'api.github.com' }, 'SPRAYPROXY_GITHUB_API_URL must be a URL'],
  [{ SPRAYPROXY_GITHUB_API_URL: 'https://me:secret@github' }, 'SPRAYPROXY_GITHUB_API_URL must be a URL'],
])('refuses %j', (env, fault) => {
  expect(() => configFor(env)).toThrow(fault);
});

it('is on where both are set', () => {
  const pem = file(privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const env = { GH_APP_ID: 'Iv23abc', GH_APP_PRIVATE_KEY_FILE: pem };
  expect(
    configFor({ ...env, SPRAYPROXY_GITHUB_API_URL: 'https://github.example.com/api/v3/' }).recovery,
  ).toEqual({
    appId: 'Iv23abc',
    privateKeyFile: pem,
    apiUrl: 'https://github.example.com/api/v3',
    proxy: undefined,
    intervalMs: 120_000,
    maxAgeMs: 259_200_000,
    maxAttempts: 3,
    requestsPerMinute: 60,
  });
  expect(configFor().recovery).toBeUndefined();
});

it.each([
  ['https://github.example.com/api/v3', 'http://proxy:3128'],
  ['https://api.github.com', undefined],
  ['http://github.internal:8080', undefined],
])('asks %s through %s', (apiUrl, proxy) => {
  const env = {
    GH_APP_ID: '1',
    GH_APP_PRIVATE_KEY_FILE: file(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    SPRAYPROXY_GITHUB_API_URL: apiUrl,
    HTTPS_PROXY: 'proxy:3128',
    NO_PROXY: 'api.github.com',
  };
  expect(configFor(env).recovery?.proxy?.origin).toBe(proxy);
});
