import { randomUUID } from 'node:crypto';
import { type ServerResponse } from 'node:http';

import description from '../docs/openapi.json';
import { type DeliveryList, type DeliveryView, type DiscardView } from '../src/deliveries/delivery-view.js';
import { BackendServer } from './support/backend-server.js';
import { type BootedSprayproxy, bootSprayproxy } from './support/boot.js';
import { sharedByTests } from './support/cleanup.js';
import { closedPort } from './support/closed-port.js';
import { FakeClock } from './support/fake-clock.js';
import { send, sendWebhook, sign } from './support/send-webhook.js';
import { SECRET, startSprayproxy } from './support/start-sprayproxy.js';
import { untilSettled } from './support/until-settled.js';
import { makeTempDir, useTempDir } from './support/temp-dir.js';

const PAYLOAD = '{"zen":"hunter2","repository":{"id":1,"full_name":"octocat/Hello-World"}}';
const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT = 'text/plain; charset=utf-8';

const dir = useTempDir();

const environment = () => ({
  SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
  SPRAYPROXY_SPOOL_URL: `file:${dir.path}`,
  SPRAYPROXY_DELIVERY_GUARANTEE: 'at-most-once',
});

const start = (backends: readonly string[], env: Readonly<Record<string, string>> = {}, clock?: FakeClock) =>
  bootSprayproxy({
    backends,
    clock,
    env: { ...environment(), ...env },
  });

/** Whatever process it is in. */
type Served = Pick<BootedSprayproxy, 'url'>;

async function call({ url }: Served, method: string, path: string, body?: string) {
  const reply = await send(url, {
    method,
    path: `/deliveries${path}`,
    ...(body !== undefined && { body, headers: { 'Content-Length': Buffer.byteLength(body) } }),
  });
  return { status: reply.status, text: reply.text, type: reply.headers['content-type'] };
}

async function json<T>(running: Served, method: string, path: string, body?: string): Promise<T> {
  const { status, text, type } = await call(running, method, path, body);
  expect({ path, status, type, ...(status !== 200 && { text }) }).toEqual({
    path,
    status: 200,
    type: JSON_TYPE,
  });
  return JSON.parse(text) as T;
}

const list = (running: Served, query = '') => json<DeliveryList>(running, 'GET', query);

/** The one delivery there is. */
async function only(running: Served, query = '') {
  const { deliveries } = await list(running, query);
  expect(deliveries).toHaveLength(1);
  return deliveries[0] as DeliveryList['deliveries'][number];
}

/** Keeps what it gets waiting for `answer`. */
async function startHolding() {
  const responses: ServerResponse[] = [];
  const backend = await BackendServer.start((_request, response) => responses.push(response));
  return { backend, answer: (status: number) => responses.shift()?.writeHead(status).end() };
}

const problems = ({ program }: BootedSprayproxy) =>
  program.lines.filter(({ level }) => level === 'error' || level === 'fatal');

describe('the list', () => {
  it('has what is owed, dead and over, each with the last attempt', async () => {
    const good = await BackendServer.start();
    const bad = await BackendServer.start(500);
    const down = `http://127.0.0.1:${await closedPort()}`;
    const running = await start([good.url, bad.url, down]);
    const guid = randomUUID();
    expect((await sendWebhook(running.url, PAYLOAD, { guid })).status).toBe(202);
    await untilSettled(running.url);

    expect(await only(running)).toMatchObject({
      guid,
      event: 'push',
      repository: 'octocat/Hello-World',
      payloadBytes: PAYLOAD.length,
      payloadKept: true,
      forwards: [
        { backend: good.url, state: 'accepted', attemptCount: 1, lastAttempt: { status: 202 } },
        {
          backend: bad.url,
          state: 'dead',
          reason: expect.stringContaining('unknown') as string,
          lastAttempt: { outcome: 'unknown', status: 500, answer: 'answer 500' },
        },
        {
          backend: down,
          state: 'owed',
          lastAttempt: { outcome: 'refused', error: expect.stringContaining('ECONNREFUSED') as string },
        },
      ],
    });
    for (const query of [
      'state=owed',
      'state=dead',
      `state=dead&backend=${bad.host}`,
      `backend=${encodeURIComponent(`${down}/`)}`,
      'repository=OCTOCAT/hello-world',
      'event=push&since=1h',
      'since=2020-01-01T00:00:00%2B01:00',
      'since=2020-01-01T00:00:00+01:00',
    ]) {
      await only(running, `?${query}`);
    }
    for (const query of [
      'state=rejected',
      `state=dead&backend=${good.host}`,
      'backend=other.example.com',
      'backend=https://other.example.com',
      'repository=octocat/other',
      'event=pull_request',
      `guid=${randomUUID()}`,
      'since=0',
      'since=2999-01-01T00:00:00Z',
    ]) {
      expect({ query, ...(await list(running, `?${query}`)) }).toEqual({ query, deliveries: [], next: null });
    }
  });

  it.each([['off'], ['on']])('finds by GUID or repository what went well, spool %s', async (spool) => {
    const backend = await BackendServer.start(202, 400);
    const running = await start([backend.url], spool === 'off' ? { SPRAYPROXY_SPOOL_URL: 'off' } : {});
    const [guid, other] = [randomUUID(), randomUUID()];
    await sendWebhook(running.url, PAYLOAD, { guid });
    await sendWebhook(running.url, '{}', { guid: other, event: 'ping' });

    const found = await only(running, `?guid=${guid}`);
    expect(found).toMatchObject({ guid, payloadKept: false, forwards: [{ state: 'accepted' }] });
    expect(await only(running, '?repository=octocat/Hello-World')).toEqual(found);
    expect(await only(running, '?state=rejected')).toMatchObject({ guid: other, event: 'ping' });
    expect(await json<DeliveryView>(running, 'GET', `/${found.id}`)).toMatchObject({
      guid,
      forwards: [{ attempts: [{ status: 202, at: expect.stringMatching(/^20.*Z$/) as string }] }],
    });
    expect(await call(running, 'POST', `/${found.id}/attempts`)).toMatchObject({
      status: 409,
      type: TEXT,
      text: 'its payload is no longer kept: ask GitHub for a redelivery',
    });
    expect(await json<DiscardView>(running, 'DELETE', `/${found.id}`)).toMatchObject({ discarded: [] });
  });

  it('goes on page by page, newest first, whether over or not', async () => {
    const running = await start([(await BackendServer.start(202, 202, 202, 500)).url]);
    const guids = Array.from({ length: 8 }, () => randomUUID());
    for (const guid of guids) await sendWebhook(running.url, PAYLOAD, { guid });

    const pages: (string | undefined)[][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: DeliveryList = await list(running, `?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      pages.push(page.deliveries.map(({ guid }) => guid));
      cursor = page.next;
    }
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 2]);
    expect(pages.flat()).toEqual(guids.toReversed());
    expect((await list(running, '?limit=8')).next).toBeNull();
  });
});

describe('sending again', () => {
  it('reaches a backend that is back, and no other', async () => {
    const good = await BackendServer.start();
    const back = await BackendServer.start(500, 202);
    const running = await start([good.url, back.url]);
    await sendWebhook(running.url, PAYLOAD, { path: '/proxy?a=1' });
    await untilSettled(running.url);
    const { id } = await only(running, '?state=dead');

    expect(await json<DeliveryView>(running, 'POST', `/${id}/attempts`)).toMatchObject({
      id,
      payloadKept: false,
      forwards: [
        { backend: good.url, state: 'accepted', attemptCount: 1 },
        {
          backend: back.url,
          state: 'accepted',
          attemptCount: 2,
          attempts: [{ status: 500 }, { status: 202 }],
        },
      ],
    });
    expect(back.received.map(({ body, target }) => [body.toString(), target])).toEqual([
      [PAYLOAD, '/?a=1'],
      [PAYLOAD, '/?a=1'],
    ]);
    expect(good.received).toHaveLength(1);
    expect(await list(running, '?state=dead')).toMatchObject({ deliveries: [] });
  });

  it('reaches one that has taken it only on demand, without a journal too', async () => {
    const good = await BackendServer.start();
    const back = await BackendServer.start(500, 202);
    const running = await start([good.url, back.url], { SPRAYPROXY_DELIVERIES_JOURNAL_SIZE: '0' });
    await sendWebhook(running.url, PAYLOAD);
    await untilSettled(running.url);
    const { id } = await only(running);
    const resend = (body: object) => JSON.stringify(body);

    expect(await call(running, 'POST', `/${id}/attempts`, resend({ backend: good.url }))).toMatchObject({
      status: 409,
      type: TEXT,
    });
    expect(good.received).toHaveLength(1);
    const one = resend({ backend: `${good.url}/`, accepted: true });
    expect(await json<DeliveryView>(running, 'POST', `/${id}/attempts`, one)).toMatchObject({
      forwards: [{ state: 'accepted', attemptCount: 2 }, { state: 'dead' }],
    });
    expect([good.received.length, back.received.length]).toEqual([2, 1]);
    const all = await json<DeliveryView>(running, 'POST', `/${id}/attempts`, resend({ accepted: true }));
    expect(all.forwards).toMatchObject([{ state: 'accepted' }, { state: 'accepted' }]);
    expect(await call(running, 'GET', `/${id}`)).toMatchObject({ status: 404, text: 'no such delivery' });
  });

  it('is a line in the log that says who asked for it, as is a discard', async () => {
    const running = await start([(await BackendServer.start(503)).url]);
    await sendWebhook(running.url, PAYLOAD);
    const { id } = await only(running);
    const headers = { 'X-Remote-User': 'system:serviceaccount:team:ann' };
    await send(running.url, { method: 'POST', path: `/deliveries/${id}/attempts`, headers });
    await send(running.url, { method: 'DELETE', path: `/deliveries/${id}`, headers });
    for (const msg of ['delivery sent again on request', 'forwards discarded on request']) {
      expect(await running.program.logged(msg)).toMatchObject({ user: 'system:serviceaccount:team:ann' });
    }
  });

  it('reaches no backend that is not registered, nor one it was not for', async () => {
    const bad = await BackendServer.start(500);
    const running = await start([bad.url], { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' });
    await sendWebhook(running.url, PAYLOAD);
    const { id } = await only(running);
    const body = JSON.stringify({ url: bad.url });
    const headers = { 'Content-Length': Buffer.byteLength(body) };
    expect((await send(running.url, { method: 'DELETE', path: '/backends', body, headers })).status).toBe(
      200,
    );

    for (const [wanted, text] of [
      [{ backend: bad.url }, 'that backend is not registered'],
      [{}, 'none of its backends is registered any more'],
      [{ backend: 'https://other.example.com' }, 'this delivery was not for that backend'],
    ] as const) {
      expect(await call(running, 'POST', `/${id}/attempts`, JSON.stringify(wanted))).toMatchObject({
        status: 409,
        text,
      });
    }
    expect(bad.received).toHaveLength(1);
  });

  it('reaches one however old it is, and is answered while the attempt is running', async () => {
    const backend = await BackendServer.start(503, () => undefined);
    const clock = new FakeClock();
    const env = { SPRAYPROXY_ACK_TIMEOUT: '7s', SPRAYPROXY_RETRY_MAX_AGE: '2h' };
    const running = await start([backend.url], env, clock);
    await sendWebhook(running.url, PAYLOAD);
    clock.pass(2 * 60 * 60_000);
    await running.program.logged('forward given up');
    const { id } = await only(running, '?state=dead');
    const answer = json<DeliveryView>(running, 'POST', `/${id}/attempts`);
    await backend.receive(2);
    await clock.untilAwaited(7000);
    clock.pass(7000);
    const { forwards } = await answer;
    expect(forwards).toMatchObject([
      { state: 'owed', attemptCount: 1, runningSince: expect.stringMatching(/^20.*Z$/) as string },
    ]);
    expect(backend.received).toHaveLength(2);
  });
});

describe('discarding', () => {
  it('takes away what is owed and dead, of one backend or all', async () => {
    const good = await BackendServer.start();
    const bad = await BackendServer.start(500);
    const down = `http://127.0.0.1:${await closedPort()}`;
    const running = await start([good.url, bad.url, down]);
    await sendWebhook(running.url, PAYLOAD);
    await untilSettled(running.url);
    const { id } = await only(running);

    const query = `?backend=${encodeURIComponent(bad.url)}`;
    expect((await json<DiscardView>(running, 'DELETE', `/${id}${query}`)).discarded).toMatchObject([
      { backend: bad.url, state: 'dead', attempts: [{ status: 500 }] },
    ]);
    expect((await json<DeliveryView>(running, 'GET', `/${id}`)).forwards).toMatchObject([
      { backend: good.url, state: 'accepted' },
      { backend: down, state: 'owed' },
    ]);
    expect(await json<DiscardView>(running, 'DELETE', `/${id}`)).toMatchObject({
      payloadKept: false,
      discarded: [{ backend: down, state: 'owed' }],
    });
    expect(await json<DeliveryView>(running, 'GET', `/${id}`)).toMatchObject({
      payloadKept: false,
      forwards: [{ backend: good.url, state: 'accepted' }],
    });
    expect((await list(running, '?state=owed')).deliveries).toEqual([]);
  });

  it('does no harm to an attempt that is running', async () => {
    const { backend, answer } = await startHolding();
    const clock = new FakeClock();
    const running = await start([backend.url], { SPRAYPROXY_ACK_TIMEOUT: '7s' }, clock);
    const reply = sendWebhook(running.url, PAYLOAD);
    await backend.receive(1);
    clock.pass(7000);
    expect((await reply).status).toBe(202);
    const { id } = await only(running, '?state=owed');
    expect(await json<DiscardView>(running, 'DELETE', `/${id}`)).toMatchObject({
      discarded: [{ state: 'owed', runningSince: expect.any(String) as string }],
    });
    answer(202);
    expect((await call(running, 'GET', `/${id}`)).status).toBe(404);
    expect((await call(running, 'DELETE', `/${id}`)).status).toBe(404);

    const guid = randomUUID();
    const next = sendWebhook(running.url, PAYLOAD, { guid });
    await backend.receive(2);
    answer(500);
    await next;
    const dead = await only(running, `?guid=${guid}`);
    const attempt = call(running, 'POST', `/${dead.id}/attempts`);
    await backend.receive(3);
    await json(running, 'DELETE', `/${dead.id}`);
    answer(503);
    expect(await attempt).toMatchObject({ status: 404, text: 'no such delivery' });
    expect((await list(running)).deliveries).toEqual([]);
    expect(problems(running)).toMatchObject([{ msg: 'forward given up', delivery: guid }]);
  });
});

describe('a request that is wrong', () => {
  const LONG = 'x'.repeat(2049);
  const shared = sharedByTests(async () => {
    const bad = await BackendServer.start(500);
    const running = await start([bad.url], { SPRAYPROXY_SPOOL_URL: `file:${makeTempDir()}` });
    await sendWebhook(running.url, PAYLOAD);
    const { id } = await only(running);
    return { running, id };
  });

  it.each([
    ['GET', '?colour=red', undefined, /^known are only state, /],
    ['GET', '?State=owed', undefined, /^known are only/],
    ['GET', '?state=lost', undefined, /^state must be one of owed, /],
    ['GET', '?state=', undefined, /^state is empty/],
    ['GET', '?state=owed&state=dead', undefined, /^state is given twice/],
    ['GET', '?backend=ftp://a', undefined, /^backend must begin with http/],
    ['GET', '?backend=a%20b', undefined, /^backend must be a URL or a host/],
    ['GET', `?guid=${LONG}`, undefined, /^guid is longer than/],
    ['GET', '?since=yesterday', undefined, /^since must be/],
    ['GET', '?since=-1h', undefined, /^since must be/],
    ['GET', '?since=2026-13-01T00:00:00Z', undefined, /^since must be/],
    ['GET', '?since=2026-01-01T00:00:00', undefined, /^since must be/],
    ['GET', '?limit=0', undefined, /^limit must be/],
    ['GET', '?limit=501', undefined, /^limit must be/],
    ['GET', '?limit=1e1', undefined, /^limit must be/],
    ['GET', '?cursor=abc', undefined, /^cursor must be/],
    ['GET', '?cursor=9999999999999999', undefined, /^cursor must be/],
    ['GET', '/ID?state=owed', undefined, /^there are no query parameters here/],
    ['POST', '/ID/attempts?backend=https://a', undefined, /^there are no query parameters here/],
    ['POST', '/ID/attempts', '[]', /^please provide a valid json body/],
    ['POST', '/ID/attempts', '{', /^please provide a valid json body/],
    ['POST', '/ID/attempts', '{"force":true}', /^the body may have backend and accepted/],
    ['POST', '/ID/attempts', '{"accepted":"true"}', /^accepted must be true or false/],
    ['POST', '/ID/attempts', '{"backend":1}', /^backend must be a string/],
    ['POST', '/ID/attempts', '{"backend":"https://u:p@a"}', /^backend must not contain credentials/],
    ['DELETE', '/ID?backend=host', undefined, /^backend is not a valid URL/],
    ['DELETE', '/ID?backends=https://a', undefined, /^known are only backend/],
  ])(
    'is answered with 400 and a reason, and changes nothing: %s %.40s',
    async (method, path, body, reason) => {
      const { running, id } = shared();
      const before = await json(running, 'GET', `/${id}`);
      const { status, type, text } = await call(running, method, path.replace('ID', id), body);
      expect({ status, type, text }).toEqual({
        status: 400,
        type: TEXT,
        text: expect.stringMatching(reason) as string,
      });
      expect(text).not.toContain('\n');
      expect(await json(running, 'GET', `/${id}`)).toEqual(before);
    },
  );

  it.each([
    ['GET', '/1', 'no such delivery'],
    ['GET', '/abc', 'no such delivery'],
    ['POST', '/1/attempts', 'no such delivery'],
    ['DELETE', '/99999999999999999999', 'no such delivery'],
    ['PUT', '/1', '404 page not found'],
  ])('is answered with 404 where there is nothing: %s %s', async (method, path, text) => {
    expect(await call(shared().running, method, path)).toEqual({ status: 404, type: TEXT, text });
  });

  it('gets 413 for a body that is too large', async () => {
    const { running, id } = shared();
    const body = JSON.stringify({ backend: 'x'.repeat(20_000) });
    expect((await call(running, 'POST', `/${id}/attempts`, body)).status).toBe(413);
  });
});

it('shows its description', async () => {
  const running = await start([]);
  expect(await json<object>(running, 'GET', '/openapi.json')).toEqual(description);
});

it('is not there unless it is enabled', async () => {
  const running = await start([], { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'false' });
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/1'],
    ['GET', '/openapi.json'],
    ['POST', '/1/attempts'],
    ['DELETE', '/1'],
  ] as const) {
    expect(await call(running, method, path)).toEqual({
      status: 404,
      type: TEXT,
      text: '404 page not found',
    });
  }
});

describe('the built program', () => {
  it('shows nothing of payloads, headers, signatures, queries and secrets', async () => {
    const backend = await BackendServer.start(500, 202);
    const running = await startSprayproxy({ backends: [backend.url], env: environment() });
    await sendWebhook(running.url, PAYLOAD, {
      path: '/proxy?token=hunter3',
      headers: { 'X-Private': 'hunter4', Authorization: 'Bearer hunter5' },
    });
    const { id } = await only(running);
    const answers = [
      await call(running, 'GET', ''),
      await call(running, 'GET', `/${id}`),
      await call(running, 'POST', `/${id}/attempts`, '{"accepted":true}'),
      await call(running, 'GET', `/${id}`),
      await call(running, 'DELETE', `/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const shown = answers.map(({ text }) => text).join('\n');
    expect(shown).not.toMatch(/hunter|sha256|sha1=|x-hub|hookshot|digest|rawHeaders/i);
    expect(shown).not.toContain(sign(PAYLOAD).slice(7));
    expect(shown).not.toContain(SECRET);
  });
});

describe('whatever Accept says', () => {
  const shared = sharedByTests(() =>
    bootSprayproxy({
      env: {
        SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
        SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
      },
    }),
  );

  it.each([
    'application/json',
    'application/*',
    '*/*',
    '',
    'text/plain',
    'application/json;q=0',
    'image/png',
    ';;;=',
  ])('%j: deliveries are JSON, and errors are text', async (accept) => {
    const ask = async (method: string, path: string) => {
      const { status, headers } = await send(shared().url, { method, path, headers: { Accept: accept } });
      return [status, headers['content-type']];
    };
    expect(await ask('GET', '/deliveries')).toEqual([200, JSON_TYPE]);
    expect(await ask('GET', '/deliveries/openapi.json')).toEqual([200, JSON_TYPE]);
    expect(await ask('GET', '/deliveries/1')).toEqual([404, TEXT]);
    expect(await ask('GET', '/deliveries?nothing=known')).toEqual([400, TEXT]);
    expect(await ask('POST', '/backends')).toEqual([400, TEXT]);
    expect(await ask('GET', '/nowhere')).toEqual([404, TEXT]);
    expect(await ask('POST', '/proxy')).toEqual([400, TEXT]);
  });
});
