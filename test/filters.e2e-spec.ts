import { type CheckReport } from '../src/check/command.js';
import { type DeliveryList, type DeliveryView } from '../src/deliveries/delivery-view.js';
import { BackendServer } from './support/backend-server.js';
import { closedPort } from './support/closed-port.js';
import { scrape } from './support/metrics.js';
import { sharedPostgres } from './support/postgres/start-postgres.js';
import { ReplicaSet } from './support/replicas/replica-set.js';
import { callCommand } from './support/run-command.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { runSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';
import { makeTempDir } from './support/temp-dir.js';

const postgres = sharedPostgres();

const DYNAMIC = {
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
  SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
};
const ENABLED = { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true', ...DYNAMIC };
const JSON_TYPE = 'application/json; charset=utf-8';

interface At {
  readonly url: string;
}

async function call({ url }: At, method: string, path: string, body?: object) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(text)),
    Accept: path === '/backends' ? 'text/plain' : JSON_TYPE,
  };
  return send(url, { method, path, headers, body: text });
}

async function list(at: At, query = ''): Promise<DeliveryList['deliveries']> {
  const { status, text } = await call(at, 'GET', `/deliveries${query}`);
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  return (JSON.parse(text) as DeliveryList).deliveries;
}

/** A database that remembers is told a moment later. */
async function listed(at: At, query: string, count: number) {
  for (;;) {
    const deliveries = await list(at, query);
    if (deliveries.length === count) return deliveries;
  }
}

const resend = async (at: At, id: string, body: object) => {
  const { status, text } = await call(at, 'POST', `/deliveries/${id}/attempts`, body);
  return { status, text, states: status === 200 ? statesOf(JSON.parse(text) as DeliveryView) : [] };
};

const statesOf = ({
  forwards,
}: {
  forwards: DeliveryList['deliveries'][number]['forwards'] | DeliveryView['forwards'];
}) => forwards.map(({ state }) => state);

const about = (repository: string) => `{"zen":"1","repository":{"id":1,"full_name":"${repository}"}}`;
const webhook = ({ url }: At, event: string, repository: string, guid?: string) =>
  sendWebhook(url, about(repository), { event, ...(guid !== undefined && { guid }) });

const shown = async (at: At) => {
  const { text } = await send(at.url, { method: 'GET', path: '/backends', headers: { Accept: JSON_TYPE } });
  return (JSON.parse(text) as { backends: unknown }).backends;
};

const engines = [
  ['a directory', () => Promise.resolve(`file:${makeTempDir()}`)],
  ['PostgreSQL', () => postgres().freshDatabase()],
] as const;

describe.each(engines)('with a spool in %s', (_name, makeSpool) => {
  it('a backend gets what its filter lets through, and the rest only by name', async () => {
    const [byEvent, byRepository] = [await BackendServer.start(), await BackendServer.start()];
    const down = `http://127.0.0.1:${await closedPort()}`;
    const backends = [
      down,
      `${byEvent.url} events=push,pull_request`,
      `${byRepository.url}\n repositories=octo*/*`,
    ];
    const env = { ...ENABLED, SPRAYPROXY_SPOOL_URL: await makeSpool() };
    const first = await startSprayproxy({ backends, env });

    expect(await webhook(first, 'issues', 'other/name', 'guid')).toMatchObject({ status: 202 });
    expect(await webhook(first, 'issues', 'other/name', 'guid')).toMatchObject({ status: 202 });
    expect([byEvent, byRepository].map(({ received }) => received.length)).toEqual([0, 0]);
    const metrics = await scrape(first.metricsUrl);
    for (const { host } of [byEvent, byRepository])
      expect(metrics.get(`sprayproxy_forwards_filtered_total{host="${host}"}`)).toBe(1);
    expect(metrics.get(`sprayproxy_forwards_owed{host="${byEvent.host}"}`) ?? 0).toBe(0);
    await first.program.stop();

    const running = await startSprayproxy({ backends, env });
    const [delivery] = await list(running, `?state=filtered&backend=${byEvent.url}`);
    expect(delivery?.forwards).toMatchObject([
      { backend: down, state: 'owed' },
      {
        backend: byEvent.url,
        state: 'filtered',
        reason: 'not among the events of its filter',
        attemptCount: 0,
      },
      { backend: byRepository.url, state: 'filtered', reason: 'not among the repositories of its filter' },
    ]);
    const id = delivery?.id ?? '';
    expect(await list(running, `?state=filtered&backend=${down}`)).toEqual([]);
    expect(await list(running, '?state=accepted')).toEqual([]);

    for (const body of [{}, { accepted: true }])
      expect(await resend(running, id, body)).toMatchObject({ states: ['owed', 'filtered', 'filtered'] });
    expect(byEvent.received).toEqual([]);
    expect(await resend(running, id, { backend: byEvent.url })).toMatchObject({
      states: ['owed', 'accepted', 'filtered'],
    });
    expect(await resend(running, id, { backend: byEvent.url })).toMatchObject({
      status: 409,
      text: 'that backend has answered it: send "accepted":true to send it again',
    });
    expect([byEvent, byRepository].map(({ received }) => received.length)).toEqual([1, 0]);

    expect(await webhook(running, 'push', 'octocat/hello')).toMatchObject({ status: 202 });
    await byEvent.receive(2);
    await byRepository.receive(1);
    await running.program.stop();
  });

  it('one that all filter is answered 200 and shown as such', async () => {
    const backend = await BackendServer.start();
    const running = await startSprayproxy({
      backends: [`${backend.url} events=push`],
      env: { ...ENABLED, SPRAYPROXY_SPOOL_URL: await makeSpool() },
    });
    expect(await webhook(running, 'issues', 'octocat/hello')).toMatchObject({ status: 200, text: 'proxied' });
    expect(await running.program.logged('delivery sent to nobody: every backend filters it')).toMatchObject({
      level: 'info',
      event: 'issues',
      filtered: [backend.host],
    });
    const [delivery] = await listed(running, '?state=filtered', 1);
    expect(delivery).toMatchObject({ event: 'issues', repository: 'octocat/hello', payloadKept: false });
    expect(delivery?.forwards).toMatchObject([{ state: 'filtered' }]);
    expect(await listed(running, '?state=accepted', 0)).toEqual([]);
    expect(await resend(running, delivery?.id ?? '', {})).toMatchObject({ status: 409 });
    expect(backend.received).toEqual([]);
  });

  it('a backend that registers has the filter that it asked for last, also after a restart', async () => {
    const backend = await BackendServer.start();
    const env = { ...ENABLED, SPRAYPROXY_SPOOL_URL: await makeSpool() };
    const first = await startSprayproxy({ env });
    const { url } = backend;
    const register = async (body: object) =>
      (await call(first, 'POST', '/backends', { url, ...body })).status;

    expect(await register({ events: ['issues'] })).toBe(200);
    expect(await register({ events: ['push'], repositories: ['octocat/*'] })).toBe(200);
    expect(await register({ repositories: ['OCTOCAT/*'], events: ['push'] })).toBe(302);
    expect(await register({})).toBe(302);
    expect((await call(first, 'GET', '/backends')).text).toBe(`Backend urls: ${url}`);
    await first.program.stop();

    const running = await startSprayproxy({ env });
    expect(await shown(running)).toEqual([
      { url, origin: 'registered', events: ['push'], repositories: ['octocat/*'] },
    ]);
    for (const [event, repository] of [
      ['push', 'octocat/hello'],
      ['push', 'other/name'],
      ['issues', 'octocat/hello'],
    ] as const)
      expect(await webhook(running, event, repository)).toMatchObject({ status: 200 });
    expect(backend.received).toHaveLength(1);

    expect(await call(running, 'POST', '/backends', { url, events: null })).toMatchObject({ status: 200 });
    expect(await shown(running)).toEqual([{ url, origin: 'registered' }]);
    expect(await webhook(running, 'issues', 'other/name')).toMatchObject({ status: 200 });
    expect(backend.received).toHaveLength(2);
  });
});

it('replicas of one database agree on the filter of a backend', async () => {
  const backend = await BackendServer.start();
  const replicas = await ReplicaSet.start(await postgres().freshDatabase(), { env: DYNAMIC });
  const { url } = backend;
  for (const events of [['push'], ['issues'], null]) {
    expect(await call(replicas.at(0), 'POST', '/backends', { url, events })).toMatchObject({ status: 200 });
    const expected = [{ url, origin: 'registered', ...(events && { events }) }];
    for (let now; JSON.stringify(now) !== JSON.stringify(expected);) now = await shown(replicas.at(1));
  }
});

describe('a registration', () => {
  it('is refused where its filter is none, and says why', async () => {
    const running = await startSprayproxy({
      backends: ['http://static.example.com events=push'],
      env: DYNAMIC,
    });
    for (const [body, reason] of [
      [{ events: [] }, 'events must not be empty'],
      [{ events: 'push' }, 'events must be an array of strings'],
      [{ events: ['push', 7] }, 'events must hold names of events such as pull_request'],
      [{ repositories: ['octocat'] }, 'repositories must hold names such as owner/name or owner/*'],
      [{ events: null, repositories: {} }, 'repositories must be an array of strings'],
    ] as const)
      expect(
        await call(running, 'POST', '/backends', { url: 'https://a.example.com', ...body }),
      ).toMatchObject({
        status: 400,
        text: reason,
      });
    expect(await shown(running)).toEqual([
      { url: 'http://static.example.com', origin: 'static', events: ['push'] },
    ]);
    const again = (events: readonly string[]) =>
      call(running, 'POST', '/backends', { url: 'http://static.example.com', events });
    expect(await again(['push'])).toMatchObject({ status: 302, text: 'backend server already registered' });
    expect(await again(['issues'])).toMatchObject({
      status: 400,
      text: 'url is in SPRAYPROXY_SERVER_BACKEND, which says what its filter is',
    });
  });

  it('and what changes it are in the log with their filter', async () => {
    const running = await startSprayproxy({ env: DYNAMIC });
    const body = { url: 'https://a.example.com', events: ['push'] };
    await call(running, 'POST', '/backends', body);
    expect(await running.program.logged('backend registered')).toMatchObject({ events: ['push'] });
    await call(running, 'POST', '/backends', { ...body, events: ['issues'] });
    expect(await running.program.logged('filter of a backend changed')).toMatchObject({
      backend: body.url,
      events: ['issues'],
    });
  });
});

it('the series of a backend begins at 0 with its filter, and ends with the backend', async () => {
  const running = await startSprayproxy({ env: DYNAMIC });
  const series = async () => {
    const metrics = await scrape(running.metricsUrl);
    return metrics.get('sprayproxy_forwards_filtered_total{host="a.example.com"}');
  };
  const body = { url: 'https://a.example.com', events: ['push'] };
  expect(await series()).toBeUndefined();
  await call(running, 'POST', '/backends', body);
  expect(await series()).toBe(0);
  await webhook(running, 'issues', 'octocat/hello');
  expect(await series()).toBe(1);
  await call(running, 'DELETE', '/backends', body);
  expect(await series()).toBeUndefined();
});

it('a filter that cannot be used keeps it from starting', async () => {
  const program = runSprayproxy({
    GH_APP_WEBHOOK_SECRET: SECRET,
    SPRAYPROXY_SERVER_BACKEND: 'http://a http://b events=push,hunter-2',
  });
  expect(await program.exited).toBe(1);
  const said = program.rawLines.join('\n') + program.errorOutput;
  expect(said).toContain(
    'SPRAYPROXY_SERVER_BACKEND must hold backend URLs; URL 2: events must hold names of events such as pull_request',
  );
  expect(said).not.toContain('hunter');
});

describe('the self-check', () => {
  async function filtersBy(env: Readonly<Record<string, string>>) {
    const { code, out } = await callCommand(
      {
        GH_APP_WEBHOOK_SECRET: SECRET,
        SPRAYPROXY_SERVER_HOST: '127.0.0.1',
        SPRAYPROXY_SERVER_PORT: '0',
        SPRAYPROXY_SERVER_METRICS_PORT: '0',
        SPRAYPROXY_SPOOL_MAX_BYTES: '1048576',
        ...env,
      },
      'check',
      '--json',
    );
    const { results } = JSON.parse(out) as CheckReport;
    const found = results.filter(({ check }) => check === 'filter');
    return { code, found: found.map(({ subject, status, detail }) => [subject, status, detail]) };
  }

  it('shows each filter of the environment, and has a fault for one that nothing gets through', async () => {
    const [a, b, c] = [await BackendServer.start(), await BackendServer.start(), await BackendServer.start()];
    const backends = `${a.url} events=push repositories=octocat/* ${b.url} events=pull_requests ${c.url}`;
    expect(await filtersBy({ SPRAYPROXY_SERVER_BACKEND: backends })).toEqual({
      code: 1,
      found: [
        [a.url, 'ok', 'events=push repositories=octocat/*'],
        [b.url, 'fault', 'GitHub has no events such as pull_requests: nothing gets through'],
      ],
    });
  });

  it.each(engines)('knows those of registered backends, with a spool in %s', async (_name, makeSpool) => {
    const backend = await BackendServer.start();
    const env = { ...DYNAMIC, SPRAYPROXY_SPOOL_URL: await makeSpool() };
    const running = await startSprayproxy({ env });
    await call(running, 'POST', '/backends', { url: backend.url, events: ['push'] });
    const found = [[backend.url, 'ok', 'events=push']];
    const beside = { SPRAYPROXY_SERVER_PORT: String(running.port) };
    expect(await filtersBy({ ...env, ...beside })).toMatchObject({ found });
    await running.program.stop();
    expect(await filtersBy(env)).toMatchObject({ found });
  });
});
