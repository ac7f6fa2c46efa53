import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { type ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

import { type DeliveryList } from '../src/deliveries/delivery-view.js';
import { BackendServer, type ReceivedWebhook } from './support/backend-server.js';
import { scrape } from './support/metrics.js';
import { FaultyLink } from './support/postgres/faulty-link.js';
import { sharedPostgres, startPostgres } from './support/postgres/start-postgres.js';
import { ReplicaSet } from './support/replicas/replica-set.js';
import { TimedBackend } from './support/replicas/timed-backend.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { runSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';
import { ON_FREE_PORTS } from '../testing/run-program.js';

const PAYLOAD = '{"repository":{"full_name":"org/name"}}';
const DYNAMIC = { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' };
const LOCAL = { SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true' };

const postgres = sharedPostgres();

const guidOf = ({ headers }: ReceivedWebhook) => String(headers['x-github-delivery']);
const guidsOf = ({ received }: BackendServer) => received.map(guidOf);

/** Resolves when a backend has got so many webhooks in all. */
async function received(backend: BackendServer, count: number): Promise<void> {
  while (backend.received.length < count) await once(backend, 'received');
}

async function deliveriesOf(url: string, query = ''): Promise<DeliveryList['deliveries']> {
  const { text } = await send(url, { method: 'GET', path: `/deliveries${query}` });
  return (JSON.parse(text) as DeliveryList).deliveries;
}

/** A backend whose cluster is away: there is no Pipelines-as-Code behind its router. */
const absent = () => TimedBackend.start(undefined, () => 'refused');

/** Asks again and again until the answer is as it should be. */
async function until<T>(ask: () => Promise<T>, is: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (is(answer)) return answer;
  }
}

/** Of all replicas together. */
async function metricSum({ all }: ReplicaSet, name: string): Promise<number> {
  const scraped = await Promise.all(all.map(({ metricsUrl }) => scrape(metricsUrl)));
  return scraped.reduce((sum, metrics) => sum + (metrics.get(name) ?? 0), 0);
}

const statusOf = async (url: string, path: string) => (await send(url, { method: 'GET', path })).status;

const post = (url: string, method: 'POST' | 'DELETE', backend: string) => {
  const body = JSON.stringify({ url: backend });
  return send(url, { method, path: '/backends', body, headers: { 'Content-Length': body.length } });
};

/** Sends webhooks one after the other, to the replicas in turn; gives their GUIDs. */
async function sendInTurn(replicas: ReplicaSet, count: number, status: number): Promise<string[]> {
  const guids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const guid = randomUUID();
    const reply = await sendWebhook(replicas.url(n % replicas.all.length), PAYLOAD, { guid });
    expect(reply.status).toBe(status);
    guids.push(guid);
  }
  return guids;
}

describe('two replicas on one database', () => {
  it('know of each other who misses a delivery, and show the same', async () => {
    const [has, misses] = [await BackendServer.start(202), await BackendServer.start(503)];
    const replicas = await ReplicaSet.start(await postgres().freshDatabase(), {
      backends: [has.url, misses.url],
      env: { SPRAYPROXY_RETRY_MIN_DELAY: '1m', SPRAYPROXY_RETRY_MAX_DELAY: '1m' },
    });
    const guid = randomUUID();
    expect((await sendWebhook(replicas.url(0), PAYLOAD, { guid })).status).toBe(202);
    const before = misses.received.length;
    expect((await sendWebhook(replicas.url(1), PAYLOAD, { guid })).status).toBe(202);
    expect(has.received.length).toBe(1);
    // The one that drains it may have tried it once as well.
    expect(misses.received.length).toBeGreaterThan(before);
    const both = () => Promise.all([0, 1].map((at) => deliveriesOf(replicas.url(at))));
    const [found] = await until(both, ([one, other]) => isDeepStrictEqual(one, other));
    expect(found).toMatchObject([{ guid, payloadKept: true }]);
  });

  it('remember for each other what went well, and what its sender did not hear of', async () => {
    const backend = await BackendServer.start(202);
    const replicas = await ReplicaSet.start(await postgres().freshDatabase(), { backends: [backend.url] });
    const [guid] = await sendInTurn(replicas, 1, 200);
    const [found] = await until(
      () => deliveriesOf(replicas.url(1), `?guid=${guid ?? ''}&state=accepted`),
      ({ length }) => length > 0,
    );
    expect(found).toMatchObject({ guid, repository: 'org/name', payloadKept: false });
    // Whoever heard that it went well and sends it again wants it to go everywhere again.
    expect((await sendWebhook(replicas.url(1), PAYLOAD, guid === undefined ? {} : { guid })).status).toBe(
      200,
    );
    expect(guidsOf(backend)).toEqual([guid, guid]);
  });

  it('have one list of registered backends', async () => {
    const [first, second] = [await BackendServer.start(202), await BackendServer.start(202)];
    const replicas = await ReplicaSet.start(await postgres().freshDatabase(), {
      backends: [first.url],
      env: { ...DYNAMIC, ...LOCAL },
    });
    const listed = (at: number) => () => send(replicas.url(at), { method: 'GET', path: '/backends' });
    const has = ({ text }: { text: string }) => text.includes(second.url);
    expect((await post(replicas.url(0), 'POST', second.url)).status).toBe(200);
    await until(listed(1), has);
    await sendInTurn(replicas, 2, 200);
    expect(second.received).toHaveLength(2);
    expect((await post(replicas.url(1), 'DELETE', second.url)).status).toBe(200);
    await until(listed(0), (reply) => !has(reply));
    await sendInTurn(replicas, 2, 200);
    expect([first.received.length, second.received.length]).toEqual([4, 2]);
  });

  it.each<['SIGKILL' | 'SIGTERM']>([['SIGKILL'], ['SIGTERM']])(
    'one delivers what both owed after the other has ended by %s, in order, each once',
    async (signal) => {
      const backend = await absent();
      const replicas = await ReplicaSet.start(await postgres().freshDatabase(), {
        backends: [backend.url],
        env: { SPRAYPROXY_DRAIN_CONCURRENCY: '1' },
      });
      const guids = await sendInTurn(replicas, 10, 202);
      await (signal === 'SIGKILL' ? replicas.at(0).program.kill() : replicas.at(0).program.stop());
      backend.mood = () => 'taken';
      await until(
        () => deliveriesOf(replicas.url(1), '?state=owed'),
        ({ length }) => length === 0,
      );
      expect(backend.guids).toEqual(guids);
    },
  );

  it('take what a killed one was attempting for unknown', async () => {
    let hung: ServerResponse | undefined;
    const backend = await BackendServer.start((_request, response) => (hung = response), 202);
    const replicas = await ReplicaSet.start(await postgres().freshDatabase(), {
      backends: [backend.url],
      env: { SPRAYPROXY_ACK_TIMEOUT: '100ms' },
    });
    const [guid] = await sendInTurn(replicas, 1, 202);
    await replicas.at(0).program.kill();
    expect(hung).toBeDefined();
    await received(backend, 2);
    expect(guidsOf(backend)).toEqual([guid, guid]);
    const [found] = await until(
      () => deliveriesOf(replicas.url(1), '?state=accepted'),
      ({ length }) => length > 0,
    );
    const { text } = await send(replicas.url(1), { method: 'GET', path: `/deliveries/${found?.id ?? ''}` });
    expect(JSON.parse(text)).toMatchObject({
      forwards: [{ attempts: [{ outcome: 'unknown' }, { outcome: 'accepted' }] }],
    });
  });

  it('go on without one that stands still, which changes nothing when it wakes up', async () => {
    const hanging: ServerResponse[] = [];
    const backend = await BackendServer.start((_request, response) => hanging.push(response), 202);
    const replicas = await ReplicaSet.start(await postgres().freshDatabase(), {
      backends: [backend.url],
      env: { SPRAYPROXY_ACK_TIMEOUT: '100ms' },
    });
    const [guid] = await sendInTurn(replicas, 1, 202);
    const { process } = replicas.at(0).program;
    process.kill('SIGSTOP');
    await received(backend, 2);
    const over = await until(
      () => deliveriesOf(replicas.url(1), '?state=accepted'),
      ({ length }) => length > 0,
    );
    process.kill('SIGCONT');
    // What it was waiting for fails now: it must not owe it again.
    for (const response of hanging) response.destroy();
    await replicas.at(0).program.logged('owed forward not taken');
    // It is logged before it is tried to be noted, on what was last read, which is another by now.
    await until(
      () => deliveriesOf(replicas.url(0)),
      (shown) => isDeepStrictEqual(shown, over),
    );
    // What is under way has come to its end then.
    await replicas.at(0).program.stop();
    expect(await deliveriesOf(replicas.url(1))).toEqual(over);
    expect(guidsOf(backend)).toEqual([guid, guid]);
  });
});

describe('a backend that is paused at one replica', () => {
  const pause = (url: string, method: 'POST' | 'DELETE', backend: string) => {
    const body = JSON.stringify({ backend });
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
    return send(url, { method, path: '/deliveries/backends/pause', body, headers });
  };

  it('is attempted by none, until it is resumed at another', async () => {
    const [up, paused] = [await BackendServer.start(202), await BackendServer.start(202)];
    const replicas = await ReplicaSet.start(await postgres().freshDatabase(), {
      backends: [up.url, paused.url],
    });
    expect((await pause(replicas.url(0), 'POST', paused.url)).status).toBe(200);
    // It says so as soon as it has heard of it.
    await until(
      () => metricSum(replicas, `sprayproxy_backend_paused{host="${paused.host}"}`),
      (sum) => sum === 1,
    );
    await until(
      () => sendWebhook(replicas.url(1), PAYLOAD),
      ({ status }) => status === 202,
    );
    const before = guidsOf(paused);
    const owed = await sendInTurn(replicas, 6, 202);
    // One that starts later knows it too.
    await replicas.at(0).program.kill();
    await replicas.start(0);
    owed.push(...(await sendInTurn(replicas, 4, 202)));
    expect(guidsOf(paused)).toEqual(before);
    expect(guidsOf(up)).toEqual(expect.arrayContaining(owed));

    expect((await pause(replicas.url(1), 'DELETE', paused.url)).status).toBe(200);
    await received(paused, before.length + 1 + owed.length);
    expect(guidsOf(paused).filter((guid) => owed.includes(guid))).toHaveLength(owed.length);
    expect((await pause(replicas.url(0), 'DELETE', paused.url)).status).toBe(404);
  });

  it('stays so while the database is away, and after', async () => {
    const server = await startPostgres();
    const [up, paused] = [await BackendServer.start(202), await BackendServer.start(202)];
    const replicas = await ReplicaSet.start(await server.freshDatabase(), {
      count: 1,
      backends: [up.url, paused.url],
    });
    await pause(replicas.url(0), 'POST', paused.url);
    const kept = await sendInTurn(replicas, 1, 202);
    await server.kill();
    await sendInTurn(replicas, 1, 503);
    expect((await pause(replicas.url(0), 'DELETE', paused.url)).status).toBe(503);
    await server.start();
    await until(
      () => sendWebhook(replicas.url(0), PAYLOAD),
      ({ status }) => status === 202,
    );
    expect([up.received.length > 2, paused.received.length]).toEqual([true, 0]);
    await pause(replicas.url(0), 'DELETE', paused.url);
    await received(paused, 2);
    expect(guidsOf(paused)[0]).toBe(kept[0]);
  });
});

describe('while the database is away', () => {
  it('answers what all have taken, keeps nothing, and goes on by itself', async () => {
    const server = await startPostgres();
    const [up, down] = [await BackendServer.start(202), await absent()];
    const replicas = await ReplicaSet.start(await server.freshDatabase(), { backends: [up.url, down.url] });
    const [kept = ''] = await sendInTurn(replicas, 1, 202);
    await server.kill();
    const [lost = ''] = await sendInTurn(replicas, 1, 503);
    for (const path of ['/healthz', '/readyz']) expect(await statusOf(replicas.url(0), path)).toBe(200);
    down.mood = () => 'taken';
    const direct = await sendInTurn(replicas, 2, 200);
    await server.start();
    await down.hasTaken(3);
    expect(down.guids).toEqual([...direct, kept]);
    // GitHub's redelivery reaches the other, which knows of the gap by then.
    await until(
      () => deliveriesOf(replicas.url(1), `?guid=${lost}`),
      ({ length }) => length > 0,
    );
    expect((await sendWebhook(replicas.url(1), PAYLOAD, { guid: lost })).status).toBe(200);
    expect(guidsOf(up)).toEqual([kept, lost, ...direct]);
    expect(down.guids).toEqual([...direct, kept, lost]);
  });

  it('answers 503 where nobody knows whether it is stored, and sends it to nobody twice', async () => {
    const link = await FaultyLink.start(postgres().port);
    const [up, down] = [await BackendServer.start(202), await absent()];
    const replicas = await ReplicaSet.start(link.url(await postgres().freshDatabase()), {
      backends: [up.url, down.url],
    });
    const guid = randomUUID();
    const cut = link.cutAfter((bytes) => bytes.includes('sprayproxy_payload'), 'refuse');
    expect((await sendWebhook(replicas.url(0), PAYLOAD, { guid })).status).toBe(503);
    await cut;
    down.mood = () => 'taken';
    await link.set('pass');
    await down.hasTaken(1);
    await until(
      () => deliveriesOf(replicas.url(1), `?guid=${guid}&state=owed`),
      ({ length }) => length === 0,
    );
    expect((await sendWebhook(replicas.url(1), PAYLOAD, { guid })).status).toBe(200);
    expect([guidsOf(up), down.guids]).toEqual([[guid], [guid]]);
  });
});

describe('at the start', () => {
  it('is alive and not ready until the database is there', async () => {
    const link = await FaultyLink.start(postgres().port);
    await link.set('refuse');
    const backend = await BackendServer.start(202);
    const { url } = await startSprayproxy({
      backends: [backend.url],
      env: { SPRAYPROXY_SPOOL_URL: link.url(await postgres().freshDatabase()) },
    });
    expect([await statusOf(url, '/healthz'), await statusOf(url, '/readyz')]).toEqual([200, 503]);
    expect((await sendWebhook(url, PAYLOAD)).status).toBe(200);
    await link.set('pass');
    await until(
      () => statusOf(url, '/readyz'),
      (status) => status === 200,
    );
  });

  it.each([
    [
      'the password is wrong',
      'CREATE ROLE other LOGIN',
      (url: string) => url.replace('//', '//nobody:no@').replace(/@[^@/]*@/, '@'),
    ],
    ['there is no such database', 'SELECT', (url: string) => url.replace(/\/[^/?]+(\?|$)/, '/missing$1')],
  ])('ends with 1 and says so where %s', async (_what, setUp, change) => {
    await postgres().exec(setUp);
    const program = runSprayproxy({
      GH_APP_WEBHOOK_SECRET: SECRET,
      ...ON_FREE_PORTS,
      SPRAYPROXY_SPOOL_URL: change(await postgres().freshDatabase()),
    });
    expect(await program.exited).toBe(1);
    expect(program.rawLines.join('\n')).toContain('SPRAYPROXY_SPOOL_URL');
  });
});
