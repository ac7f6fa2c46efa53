import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type DeliveryList } from '../src/deliveries/delivery-view.js';
import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { type ScriptedGithub } from '../testing/github/scripted-github.js';
import { startGithub } from './support/github/start-github.js';
import { scrape, scrapeUntil } from './support/metrics.js';
import { sharedPostgres } from './support/postgres/start-postgres.js';
import { ReplicaSet } from './support/replicas/replica-set.js';
import { callCommand, runCommand } from './support/run-command.js';
import { send } from './support/send-webhook.js';
import { type RunningSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';
import { makeTempDir } from './support/temp-dir.js';

const RECOVERED = 'sprayproxy_recovery_recovered_total';
const FAILED = 'sprayproxy_recovery_failed_deliveries';
const GOOD_ROUNDS = 'sprayproxy_recovery_rounds_total{result="good"}';
const FAILED_ROUNDS = 'sprayproxy_recovery_rounds_total{result="failed"}';
const AT_ONCE = 50;

/** Has so many webhooks happen, some at a time. @returns their GUIDs */
async function happen(github: ScriptedGithub, count: number): Promise<string[]> {
  const guids: string[] = [];
  while (guids.length < count) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - guids.length) }, (_, n) =>
      github.happen(Buffer.from(`{"n":${guids.length + n}}`)),
    );
    guids.push(...(await Promise.all(some)));
  }
  return guids;
}

/** Scrapes until a series is greater. */
async function scrapeAbove(metricsUrl: string, name: string, value: number): Promise<void> {
  while (((await scrape(metricsUrl)).get(name) ?? 0) <= value);
}

const guidsOf = ({ received }: BackendServer) =>
  received.map(({ headers }) => String(headers['x-github-delivery']));

/** Resolves when a backend has so many webhooks. */
async function untilReceived(backend: BackendServer, count: number): Promise<void> {
  while (backend.received.length < count) await once(backend, 'received');
}

/** Resolves when all that was asked for has been delivered, as GitHub sees it. */
async function untilDelivered(github: ScriptedGithub, guids: readonly string[]): Promise<void> {
  const isOpen = (guid: string) => !github.log.of(guid).some(({ status_code }) => status_code < 300);
  while (guids.some(isOpen)) await new Promise((resolve) => setImmediate(resolve));
}

let github: ScriptedGithub;

beforeEach(async () => {
  github = await startGithub();
});

afterEach(() => {
  expect(github.undescribed).toEqual([]);
});

describe('what GitHub could not deliver', () => {
  it('comes back when the program does, each once, and nothing that had been served again', async () => {
    const backends = await Promise.all([BackendServer.start(200), BackendServer.start(202)]);
    const options = {
      backends: backends.map(({ url }) => url),
      env: { ...github.env, SPRAYPROXY_SPOOL_URL: `file:${makeTempDir()}` },
    };
    const first = await startSprayproxy(options);
    github.webhookUrl = first.url;
    const served = await happen(github, 20);
    await first.program.kill();
    const missed = await happen(github, 500);
    const second = await startSprayproxy(options);
    github.webhookUrl = second.url;
    await scrapeUntil(second.metricsUrl, RECOVERED, 500);
    for (const backend of backends) {
      expect(guidsOf(backend).sort()).toEqual([...served, ...missed].sort());
    }
    expect(github.redelivered).toHaveLength(500);
  });

  it('comes back though it was signed with a secret that we did not know, once we do', async () => {
    const backend = await BackendServer.start(200);
    const file = join(makeTempDir(), 'webhook-secret');
    writeFileSync(file, SECRET);
    github.secret = 'a secret that we do not know yet';
    const { url, metricsUrl } = await startSprayproxy({
      backends: [backend.url],
      env: {
        ...github.env,
        GH_APP_WEBHOOK_SECRET: '',
        GH_APP_WEBHOOK_SECRET_FILE: file,
        SPRAYPROXY_SPOOL_URL: `file:${makeTempDir()}`,
      },
    });
    github.webhookUrl = url;
    const guids = await happen(github, 5);
    await scrapeAbove(metricsUrl, GOOD_ROUNDS, 3);
    expect(github.redelivered).toEqual([]);
    writeFileSync(file, `${github.secret}\n${SECRET}`);
    await scrapeUntil(metricsUrl, RECOVERED, 5);
    expect(guidsOf(backend).sort()).toEqual([...guids].sort());
  });

  it('comes back though the secret was another before the program was started again', async () => {
    const backend = await BackendServer.start(200);
    const dir = makeTempDir();
    const start = (secret: string) =>
      startSprayproxy({
        backends: [backend.url],
        env: { ...github.env, GH_APP_WEBHOOK_SECRET: secret, SPRAYPROXY_SPOOL_URL: `file:${dir}` },
      });
    github.secret = 'a secret that we do not know yet';
    const before = await start(SECRET);
    github.webhookUrl = before.url;
    const guids = await happen(github, 5);
    await scrapeAbove(before.metricsUrl, GOOD_ROUNDS, 3);
    expect(github.redelivered).toEqual([]);
    await before.program.stop();
    const after = await start(github.secret);
    github.webhookUrl = after.url;
    await scrapeUntil(after.metricsUrl, RECOVERED, 5);
    expect(guidsOf(backend).sort()).toEqual([...guids].sort());
  });

  it('comes back though a backend is down all the while, which gets it when it is up', async () => {
    const [up, down] = await Promise.all([BackendServer.start(200), BackendServer.start(200)]);
    await down.stop();
    const guids = await happen(github, 20);
    const env = {
      ...github.env,
      SPRAYPROXY_SPOOL_URL: `file:${makeTempDir()}`,
      SPRAYPROXY_RETRY_MAX_DELAY: '50ms',
      SPRAYPROXY_RETRY_MIN_DELAY: '10ms',
    };
    const program = await bootSprayproxy({ backends: [up.url, down.url], env });
    github.webhookUrl = program.url;
    await scrapeUntil(program.metricsUrl, RECOVERED, 20);
    await down.listen();
    await untilReceived(down, 20);
    expect(guidsOf(down).sort()).toEqual([...guids].sort());
    expect(guidsOf(up).sort()).toEqual([...guids].sort());
  });

  it('is shown in /deliveries, with when GitHub could not deliver it', async () => {
    const backend = await BackendServer.start(200);
    const [guid = ''] = await happen(github, 1);
    const env = { ...github.env, SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true' };
    const { url, metricsUrl } = await bootSprayproxy({ backends: [backend.url], env });
    github.webhookUrl = url;
    await scrapeUntil(metricsUrl, RECOVERED, 1);
    await github.happen(Buffer.from('{}'));
    const { text } = await send(url, { method: 'GET', path: '/deliveries' });
    const { deliveries } = JSON.parse(text) as DeliveryList;
    expect(deliveries.map(({ recoveredFrom }) => recoveredFrom)).toEqual([
      undefined,
      github.log.of(guid)[0]?.delivered_at,
    ]);
  });

  it('is asked for no more where GitHub cannot deliver it, however often it is asked', async () => {
    github.webhookUrl = 'http://127.0.0.1:9';
    const [guid = ''] = await happen(github, 1);
    const env = { ...github.env, SPRAYPROXY_RECOVERY_MAX_ATTEMPTS: '2' };
    const { program, metricsUrl } = await bootSprayproxy({ env });
    await program.logged('webhook given up: GitHub cannot deliver it');
    await scrapeUntil(metricsUrl, FAILED, 0);
    expect(github.log.of(guid)).toHaveLength(3);
    expect((await scrape(metricsUrl)).get('sprayproxy_recovery_given_up_total')).toBe(1);
  });
});

describe('two replicas on one database', () => {
  const postgres = sharedPostgres();

  it('ask for each webhook once, and it comes once, though the one that asks is killed', async () => {
    const backend = await BackendServer.start(200);
    const guids = await happen(github, 500);
    // Nothing is asked for before it is known who asks.
    github.script = (request) => (request.startsWith('GET') ? { status: 404 } : undefined);
    const replicas = await ReplicaSet.start(await postgres().freshDatabase(), {
      backends: [backend.url],
      env: github.env,
    });
    const [asking, other] = await inOrder(replicas);
    github.webhookUrl = other.url;
    github.script = () => undefined;
    await untilReceived(backend, 5);
    await asking.program.kill();
    await untilDelivered(github, guids);
    expect(guidsOf(backend).sort()).toEqual([...guids].sort());
    expect(new Set(github.redelivered).size).toBe(github.redelivered.length);
  });

  /** The one first that asks GitHub, and fails again and again, while the other does not. */
  async function inOrder(replicas: ReplicaSet): Promise<[RunningSprayproxy, RunningSprayproxy]> {
    const both = [replicas.at(0), replicas.at(1)] as [RunningSprayproxy, RunningSprayproxy];
    const counts = () =>
      Promise.all(both.map(async ({ metricsUrl }) => (await scrape(metricsUrl)).get(FAILED_ROUNDS) ?? 0));
    for (let before = await counts(); ;) {
      const now = await counts();
      const more = now.map((count, at) => count - (before[at] ?? 0));
      if (Math.max(...more) < 2) continue;
      if (Math.min(...more) === 0) return more[0] === 0 ? [both[1], both[0]] : both;
      before = now;
    }
  }
});

it('reads a list of 30,000 in as many requests as it has pages, and from then on one page at a time', async () => {
  const EVERY_MS = 8000;
  for (let n = 30_000; n > 0; n -= 1) {
    const delivered_at = new Date(Date.now() - n * EVERY_MS).toISOString();
    github.log.add({ guid: `guid-${n}`, event: 'push', status_code: 200, delivered_at });
  }
  const { metricsUrl } = await bootSprayproxy({ env: github.env });
  await scrapeAbove(metricsUrl, GOOD_ROUNDS, 0);
  expect(github.requests.length).toBeGreaterThanOrEqual(300);
  await scrapeAbove(metricsUrl, GOOD_ROUNDS, 3);
  const rounds = (await scrape(metricsUrl)).get(GOOD_ROUNDS) ?? 0;
  expect(github.requests.length).toBeLessThanOrEqual(301 + rounds);
});

describe('the command', () => {
  it('shows what it would ask for, and then asks for it', async () => {
    const backend = await BackendServer.start(200);
    const guids = await happen(github, 3);
    const shown = await callCommand(github.env, 'recover', '--dry-run');
    expect(shown).toMatchObject({ code: 0, err: '' });
    expect(shown.out.match(/[\da-f]{8}-[-\da-f]{27}/g)?.sort()).toEqual([...guids].sort());
    expect(github.redelivered).toEqual([]);
    const { url } = await bootSprayproxy({ backends: [backend.url] });
    github.webhookUrl = url;
    expect(await callCommand(github.env, 'recover', '--since', '1h')).toMatchObject({
      code: 0,
      out: '3 of 3 asked for\n',
    });
    await untilReceived(backend, 3);
    await untilDelivered(github, guids);
    expect(await runCommand(github.env, 'recover')).toMatchObject({
      code: 0,
      out: 'GitHub has delivered everything.\n',
    });
  });

  it.each([
    [1, 'GH_APP_ID', {}, []],
    [1, 'GitHub does not know the App', { GH_APP_ID: '1' }, []],
    [2, '--since', {}, ['--since', '73h']],
    [2, '--force', {}, ['--force']],
  ])('ends with %d and names %s', async (code, name, env, args) => {
    const all = code === 1 && Object.keys(env).length === 0 ? {} : { ...github.env, ...env };
    const result = await callCommand(all, 'recover', ...args);
    expect(result).toMatchObject({ code, out: '' });
    expect(result.err).toContain(name);
  });
});

it('says once that GitHub cannot be asked, forwards meanwhile, and goes on when it can', async () => {
  const backend = await BackendServer.start(200);
  github.script = () => ({ status: 404, message: 'Not Found' });
  const { program, url, metricsUrl } = await bootSprayproxy({ backends: [backend.url], env: github.env });
  await scrapeAbove(metricsUrl, FAILED_ROUNDS, 2);
  github.webhookUrl = url;
  await happen(github, 1);
  await untilReceived(backend, 1);
  github.script = () => undefined;
  await program.logged('recovery works again');
  const said = program.lines.filter(({ msg }) => msg.startsWith('recovery does not work'));
  expect(said).toMatchObject([{ reason: 'not-found' }]);
});

it('checks that GitHub knows the App, and how its webhook is set up', async () => {
  github.hookConfig = { ...github.hookConfig, content_type: 'form' };
  const env = { ...github.env, GH_APP_WEBHOOK_SECRET: SECRET, SPRAYPROXY_SERVER_HOST: '127.0.0.1' };
  const { out } = await callCommand(env, 'check', '--json');
  const { results } = JSON.parse(out) as { results: { check: string }[] };
  expect(results.filter(({ check }) => check === 'github')).toMatchObject([
    { status: 'fault', detail: 'its webhook sends forms, which Pipelines-as-Code cannot read' },
  ]);
});
