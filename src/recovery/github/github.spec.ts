import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { installCleanup } from '../../../test/support/cleanup.js';
import { startGithub } from '../../../test/support/github/start-github.js';
import { HttpProxy } from '../../config/proxies.js';
import { ProxyServer } from '../../../test/support/proxy-server.js';
import { freePort } from '../../../testing/free-ports.js';
import { APP_ID, type ScriptedAnswer, type ScriptedGithub } from '../../../testing/github/scripted-github.js';
import { Github, type GithubOptions } from './github.js';
import { type GithubFaultReason } from './github-fault.js';

installCleanup();

let scripted: ScriptedGithub;

beforeEach(async () => {
  scripted = await startGithub();
});

afterEach(() => {
  expect(scripted.undescribed).toEqual([]);
});

const connect = (options: Partial<GithubOptions> = {}) =>
  new Github({
    appId: APP_ID,
    privateKeyFile: scripted.privateKeyFile,
    apiUrl: scripted.url,
    proxy: undefined,
    requestsPerMinute: 6000,
    retryDelayMs: 1,
    ...options,
  });

async function all(github: Github) {
  const ids: string[] = [];
  for await (const page of github.deliveries()) ids.push(...page.map(({ id }) => id));
  return ids;
}

it('reads the list to its end, newest first, by pages of a hundred', async () => {
  const rows = Array.from({ length: 250 }, (_, n) =>
    scripted.log.add({ guid: `g${n}`, event: 'push', status_code: 200 }),
  );
  expect(await all(connect())).toEqual(rows.map(({ id }) => String(id)).reverse());
  expect(scripted.requests).toHaveLength(3);
});

it('tells of an attempt what matters', async () => {
  scripted.log.add({
    guid: 'g',
    event: 'check_run',
    status_code: 502,
    redelivery: true,
    delivered_at: '2026-01-02T03:04:05Z',
  });
  const pages: unknown[] = [];
  for await (const page of connect().deliveries()) pages.push(...page);
  expect(pages).toEqual([
    {
      id: expect.stringMatching(/^\d+$/) as string,
      guid: 'g',
      event: 'check_run',
      at: Date.UTC(2026, 0, 2, 3, 4, 5),
      isRedelivery: true,
      status: 502,
    },
  ]);
});

it('asks for what App it is, and how its webhook is set up', async () => {
  const github = connect();
  expect(await github.app()).toBe('sprayed');
  expect(await github.hookConfig()).toEqual({
    url: 'http://127.0.0.1:9/proxy',
    contentType: 'json',
    isTlsVerified: true,
  });
});

const RESET = {
  'X-RateLimit-Remaining': '0',
  'X-RateLimit-Reset': String(Math.ceil(Date.now() / 1000) + 1800),
};

it.each<[GithubFaultReason, string, ScriptedAnswer]>([
  ['suspended', 'a suspended App', { status: 403, message: 'This installation has been suspended' }],
  ['forbidden', 'what it may not do', { status: 403, message: 'Resource not accessible by integration' }],
  ['not-found', 'no such App', { status: 404, message: 'Not Found' }],
  [
    'rate-limited',
    'a primary rate limit',
    { status: 403, message: 'API rate limit exceeded', headers: RESET },
  ],
  [
    'rate-limited',
    'a secondary rate limit',
    { status: 429, message: 'You have exceeded a secondary rate limit', headers: { 'Retry-After': '120' } },
  ],
  ['unavailable', '500', { status: 500 }],
  ['unavailable', '503', { status: 503 }],
  ['gone', 'a cursor that has expired', { status: 422, message: 'Invalid cursor' }],
  ['slow', 'no answer', 'hang'],
])('says %s of %s', async (reason, _what, answer) => {
  scripted.script = () => answer;
  await expect(all(connect({ timeoutMs: 100 }))).rejects.toMatchObject({ reason });
});

it.each([
  [120_000, 'You have exceeded a secondary rate limit', { 'Retry-After': '120' }],
  [60_000, 'You have exceeded a secondary rate limit', {}],
  [1_800_000, 'API rate limit exceeded', RESET],
])('tells that GitHub wants to be left alone for some %d ms', async (ms, message, headers) => {
  scripted.script = () => ({ status: 403, message, headers });
  const error: unknown = await connect()
    .app()
    .catch((fault: unknown) => fault);
  const { retryAfterMs } = error as { retryAfterMs: number };
  expect(Math.abs(retryAfterMs - ms)).toBeLessThan(120_000);
});

it('waits for a limit that is over soon', async () => {
  scripted.script = () =>
    scripted.requests.length > 1
      ? undefined
      : { status: 429, message: 'You have exceeded a secondary rate limit', headers: { 'Retry-After': '1' } };
  expect(await connect().app()).toBe('sprayed');
});

it('tries again what GitHub could not answer', async () => {
  scripted.script = () => (scripted.requests.length > 2 ? undefined : { status: 502 });
  expect(await connect().app()).toBe('sprayed');
});

it('asks for a redelivery once only, whatever comes of it', async () => {
  scripted.script = () => ({ status: 502 });
  const { id } = scripted.log.add({ guid: 'g', event: 'push', status_code: 502 });
  await expect(connect().redeliver(String(id))).rejects.toMatchObject({ reason: 'unavailable' });
  expect(scripted.redelivered).toEqual([String(id)]);
});

it.each([404, 403, 422])('takes %d of one redelivery for that one alone', async (status) => {
  scripted.script = (request) => (request.startsWith('POST') ? { status, message: 'No' } : undefined);
  await expect(connect().redeliver('1')).rejects.toMatchObject({ reason: 'gone' });
});

it('is told apart from another App', async () => {
  await expect(connect({ appId: '1' }).app()).rejects.toMatchObject({ reason: 'unauthorized' });
});

it('says that the key is none, and reads it again when it has changed', async () => {
  const github = connect();
  await github.app();
  writeFileSync(scripted.privateKeyFile, 'no key');
  await expect(github.app()).rejects.toMatchObject({ reason: 'key' });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(scripted.privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await expect(github.app()).rejects.toMatchObject({ reason: 'unauthorized' });
});

it.each([-3600, 3600])('is understood though its clock is %d s off', async (seconds) => {
  scripted.aheadMs = seconds * 1000;
  expect(await connect().app()).toBe('sprayed');
});

it('says that nobody is there', async () => {
  await expect(connect({ apiUrl: 'http://127.0.0.1:9' }).app()).rejects.toMatchObject({
    reason: 'unreachable',
  });
});

describe('through a proxy', () => {
  const through = (url: string) =>
    connect({
      apiUrl: `http://api.github.test:${new URL(scripted.url).port}`,
      proxy: new HttpProxy(new URL(url), 'HTTPS_PROXY'),
    });

  it('asks by names that only the proxy knows, with its credentials', async () => {
    const proxy = await ProxyServer.start();
    expect(await through(proxy.url.replace('//', '//user:p%40ss@')).app()).toBe('sprayed');
    expect(proxy.asked).toEqual([`CONNECT api.github.test:${new URL(scripted.url).port}`]);
    expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
  });

  it('says that the proxy is not there', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    await expect(through(`http://${host}`).app()).rejects.toMatchObject({
      reason: 'unreachable',
      message: `GitHub cannot be reached (connect ECONNREFUSED ${host})`,
    });
  });

  it('says that the proxy refuses', async () => {
    const proxy = await ProxyServer.start();
    proxy.refuses = 407;
    await expect(through(proxy.url).app()).rejects.toMatchObject({
      reason: 'unreachable',
      message: expect.stringContaining('407') as string,
    });
  });
});
