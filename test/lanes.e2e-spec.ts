import { type LaneList } from '../src/deliveries/lanes.controller.js';
import { BackendServer } from './support/backend-server.js';
import { type BootedSprayproxy, bootSprayproxy } from './support/boot.js';
import { closedPort } from './support/closed-port.js';
import { operations } from './support/description.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { useTempDir } from './support/temp-dir.js';
import { untilSettled } from './support/until-settled.js';

const dir = useTempDir();

const start = (backends: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  bootSprayproxy({
    backends,
    env: { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true', SPRAYPROXY_SPOOL_URL: `file:${dir.path}`, ...env },
  });

const get = ({ url }: BootedSprayproxy, path: string, headers: Readonly<Record<string, string>> = {}) =>
  send(url, { method: 'GET', path, headers });

async function lanes(running: BootedSprayproxy): Promise<LaneList> {
  const { status, text } = await get(running, '/deliveries/backends');
  expect(status).toBe(200);
  return JSON.parse(text) as LaneList;
}

describe('the lanes', () => {
  it('tell how each backend fares, and what it is owed', async () => {
    const good = await BackendServer.start();
    const gone = `http://127.0.0.1:${await closedPort()}`;
    const running = await start([good.url, 'events=push', gone], {
      SPRAYPROXY_RETRY_MIN_DELAY: '10ms',
      SPRAYPROXY_RETRY_MAX_DELAY: '10ms',
    });
    const before = await lanes(running);
    expect(before.backends.map(({ filter }) => filter)).toEqual([{ events: ['push'] }, undefined]);
    expect(before).toMatchObject({ keeps: true, version: expect.stringMatching(/^\d/) as string });
    expect(
      before.backends.map(({ backend, origin, state, since, owed }) => ({
        backend,
        origin,
        state,
        since,
        owed,
      })),
    ).toEqual(
      [good.url, gone].map((backend) => ({
        backend,
        origin: 'static',
        state: 'up',
        since: undefined,
        owed: 0,
      })),
    );

    await sendWebhook(running.url, '{}');
    let [up, down] = before.backends;
    while (down?.state !== 'down') [up, down] = (await lanes(running)).backends;
    expect(up).toMatchObject({ state: 'up', owed: 0, dead: 0, lastAcceptedAt: expect.any(String) as string });
    expect(up).not.toHaveProperty('reason');
    expect(up?.attemptsPerMinute.reduce((sum, count) => sum + count)).toBe(1);
    expect(up?.latencyMs.filter((ms) => ms !== null)).toHaveLength(1);
    expect(down).toMatchObject({
      state: 'down',
      owed: 1,
      since: expect.any(String) as string,
      oldestOwedAt: expect.any(String) as string,
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(down).not.toHaveProperty('lastAcceptedAt');
  });

  it('say which are paused, since when and why', async () => {
    const { url } = await BackendServer.start(503);
    const running = await start([url]);
    const path = '/deliveries/backends/pause';
    const body = JSON.stringify({ backend: url, for: '2h', reason: 'upgrade' });
    await send(running.url, { method: 'POST', path, body });
    expect((await lanes(running)).backends[0]).toMatchObject({
      state: 'paused',
      pause: { since: expect.any(String) as string, until: expect.any(String) as string, reason: 'upgrade' },
    });
    await send(running.url, { method: 'DELETE', path: `${path}?backend=${encodeURIComponent(url)}` });
    expect((await lanes(running)).backends[0]).not.toHaveProperty('pause');
  });

  it('say so where nothing is kept', async () => {
    const running = await start(['http://127.0.0.1:9'], { SPRAYPROXY_SPOOL_URL: '' });
    expect(await lanes(running)).toMatchObject({ keeps: false, backends: [{ owed: 0, dead: 0 }] });
  });

  it('are not there where /deliveries is not', async () => {
    const running = await start([], { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'false' });
    expect((await get(running, '/deliveries/backends')).status).toBe(404);
  });
});

describe('who asks again', () => {
  it('hears that nothing has changed, until something has', async () => {
    const backend = await BackendServer.start();
    const running = await start([backend.url]);
    for (const path of ['/deliveries', '/deliveries/backends']) {
      const { etag = '' } = (await get(running, path)).headers;
      expect(etag).toMatch(/^W\/"/);
      const again = () => get(running, path, { 'If-None-Match': etag });
      expect(await again()).toMatchObject({ status: 304, text: '' });
      await sendWebhook(running.url, '{}');
      await untilSettled(running.url);
      expect((await again()).status).toBe(200);
    }
  });
});

describe('a browser', () => {
  it('is told to take nothing from elsewhere, to show it in no frame, and to keep nothing', async () => {
    const running = await start([]);
    for (const path of ['/deliveries', '/deliveries/backends', '/deliveries/17', '/deliveries?state=what']) {
      const { headers } = await get(running, path);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'") as string,
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  const EVIL = { Origin: 'https://evil.example.com', 'Sec-Fetch-Site': 'cross-site' };
  const JSON_TYPE = { 'Content-Type': 'application/json' };

  it.each([
    ['POST', '/deliveries/1/attempts', 404],
    ['DELETE', '/deliveries/1', 404],
    ['DELETE', '/backends?url=https://a.example.com', 404],
    ['POST', '/backends', 400],
  ])('changes nothing from the page of another site: %s %s', async (method, path, otherwise) => {
    const running = await start([], { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' });
    const ask = async (headers: Readonly<Record<string, string>>) =>
      (await send(running.url, { method, path, headers })).status;
    expect(await ask({ ...EVIL, ...JSON_TYPE })).toBe(403);
    expect(await ask({ Origin: 'null', ...JSON_TYPE })).toBe(403);
    expect(await ask({ 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'text/plain' })).toBe(415);
    expect(await ask({ 'Sec-Fetch-Site': 'same-origin' })).toBe(415);
    expect(await ask({ 'Sec-Fetch-Site': 'same-origin', ...JSON_TYPE })).toBe(otherwise);
    expect(await ask({ Origin: running.url, ...JSON_TYPE })).toBe(otherwise);
    expect(await ask({})).toBe(otherwise);
  });

  it.each(operations.filter((operation) => !operation.startsWith('get ')))(
    'is refused before anything is looked at: %s',
    async (operation) => {
      const [method = '', path = ''] = operation.split(' ');
      const running = await start([], { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' });
      const headers = { ...EVIL, ...JSON_TYPE };
      const reply = await send(running.url, {
        method: method.toUpperCase(),
        path: path.replace(/\{\w+\}/, '1'),
        headers,
      });
      expect(reply.status).toBe(403);
    },
  );

  it('says what it sends; to /backends, older clients send JSON as a form', async () => {
    const running = await start([], { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const body = '{"url":"https://a.example.com"}';
    const ask = async (path: string) => send(running.url, { method: 'POST', path, headers, body });
    expect(await ask('/deliveries/1/attempts')).toMatchObject({
      status: 415,
      text: 'send it with Content-Type: application/json',
    });
    expect((await ask('/backends')).status).toBe(200);
  });
});
