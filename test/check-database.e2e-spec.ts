import { type CheckReport } from '../src/check/command.js';
import { BackendServer } from './support/backend-server.js';
import { closedPort } from './support/closed-port.js';
import { fixture } from './support/fixture.js';
import { FaultyLink } from './support/postgres/faulty-link.js';
import { sharedPostgres } from './support/postgres/start-postgres.js';
import { callCommand } from './support/run-command.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { SECRET, startSprayproxy } from './support/start-sprayproxy.js';

const CERT = fixture('localhost-cert.pem');
const postgres = sharedPostgres({ tls: { certFile: CERT, keyFile: fixture('localhost-key.pem') } });

async function check(url: string, env: Readonly<Record<string, string>> = {}) {
  const { code, out, err } = await callCommand(
    {
      GH_APP_WEBHOOK_SECRET: SECRET,
      SPRAYPROXY_SERVER_HOST: '127.0.0.1',
      SPRAYPROXY_SERVER_PORT: '0',
      SPRAYPROXY_SERVER_METRICS_PORT: '0',
      SPRAYPROXY_SPOOL_URL: url,
      ...env,
    },
    'check',
    '--json',
  );
  expect(err).toBe('');
  expect(out).not.toContain(new URL(url).password);
  const { results } = JSON.parse(out) as CheckReport;
  return { code, of: (name: string) => results.filter(({ check: each }) => each === name) };
}

const DYNAMIC = {
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
  SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
};

it('that is empty is sound, and stays empty', async () => {
  const url = await postgres().freshDatabase();
  const { code, of } = await check(url);
  expect(code).toBe(0);
  const { host, pathname } = new URL(url);
  expect(of('spool')).toMatchObject([
    {
      subject: `postgres://${host}${pathname}`,
      status: 'ok',
      detail: expect.stringMatching(/^PostgreSQL \d+, no spool yet, synchronous_commit on$/) as string,
    },
  ]);
  expect(of('spool-tls')).toMatchObject([{ status: 'ok', detail: 'off, on this host' }]);
  expect(of('spool-clock')).toMatchObject([{ status: 'ok' }]);
  expect(of('replicas')).toMatchObject([{ detail: '0 are there, told of changes at once' }]);
  expect(of('spool-room')).toMatchObject([{ status: 'ok', detail: 'holds 0.0 MiB of 10.0 GiB' }]);
  const tables = `SELECT FROM pg_tables WHERE schemaname = 'public'`;
  expect(await postgres().exec(tables, pathname.slice(1))).toEqual([]);
});

it('that is in use is read for its replicas, what it holds, and its registered backends', async () => {
  const url = await postgres().freshDatabase();
  const registered = await BackendServer.start(503);
  const env = { SPRAYPROXY_SPOOL_URL: url, ...DYNAMIC };
  const running = await startSprayproxy({ env });
  const body = JSON.stringify({ url: registered.url });
  expect(await send(running.url, { method: 'POST', path: '/backends', body })).toMatchObject({ status: 200 });
  expect(await sendWebhook(running.url, ' '.repeat(2 * 1024 ** 2))).toMatchObject({ status: 202 });

  const { of } = await check(url, DYNAMIC);

  expect(of('spool')).toMatchObject([
    { status: 'ok', detail: expect.stringContaining('schema up to date') as string },
  ]);
  expect(of('replicas')).toMatchObject([{ detail: '1 is there, told of changes at once' }]);
  expect(of('spool-room')).toMatchObject([{ detail: 'holds 2.0 MiB of 10.0 GiB' }]);
  expect(of('backends')).toMatchObject([{ detail: '0 static, 1 registered' }]);
  expect(of('http')).toMatchObject([{ subject: registered.url, status: 'fault' }]);
});

it.each([
  ['verify-full', 'on, verified'],
  ['require', 'on, verified'],
  ['prefer', 'on, not verified, on this host'],
])('with sslmode=%s is encrypted', async (mode, detail) => {
  const url = new URL(await postgres().freshDatabase());
  url.hostname = 'localhost';
  const ca = mode === 'prefer' ? '' : `&sslrootcert=${CERT}`;
  const { code, of } = await check(`${url.href}?sslmode=${mode}${ca}`);
  // Says why, if there is no more to say.
  expect(of('spool')).toMatchObject([{ status: 'ok' }]);
  expect(of('spool-tls')).toMatchObject([{ status: 'ok', detail }]);
  expect(code).toBe(0);
});

it('whose certificate nobody vouches for cannot be trusted with sslmode=verify-full', async () => {
  const { code, of } = await check(`${await postgres().freshDatabase()}?sslmode=verify-full`);
  expect(code).toBe(1);
  expect(of('spool')).toMatchObject([
    { status: 'fault', detail: expect.stringContaining('a certificate that cannot be trusted') as string },
  ]);
});

it('with a wrong password, or of another name, is a fault', async () => {
  const url = await postgres().freshDatabase();
  const wrong = await check(url.replace(/:[^:@]*@/, ':wrong-word@'));
  expect(wrong.code).toBe(1);
  expect(wrong.of('spool')).toMatchObject([
    { status: 'fault', detail: expect.stringContaining('password') as string },
  ]);
  const other = await check(url.replace(/\/[^/]*$/, '/nowhere'));
  expect(other.of('spool')).toMatchObject([
    { status: 'fault', detail: expect.stringContaining('does not exist') as string },
  ]);
});

it('that cannot be reached is a fault, be it refused or silent', async () => {
  const { password } = new URL(postgres().url());
  const { of } = await check(`postgres://me:${password}@127.0.0.1:${await closedPort()}/spray`);
  expect(of('spool')).toMatchObject([
    { status: 'fault', detail: expect.stringMatching(/^cannot be reached \(.*ECONNREFUSED/) as string },
  ]);
  const link = await FaultyLink.start(postgres().port);
  await link.set('hold');
  const held = await check(link.url(postgres().url()));
  expect(held.of('spool')).toMatchObject([{ status: 'fault' }]);
});

it('in which its user may create nothing is a fault', async () => {
  const url = new URL(await postgres().freshDatabase());
  await postgres().exec(`CREATE ROLE guest LOGIN PASSWORD '${url.password}'`);
  await postgres().exec('REVOKE CREATE ON SCHEMA public FROM public', url.pathname.slice(1));
  url.username = 'guest';
  const { code, of } = await check(url.href);
  expect(code).toBe(1);
  expect(of('spool')).toMatchObject([{ status: 'fault', detail: 'does not let its user create tables' }]);
});

it('that acknowledges what is not on disk is a fault, or a warning where that is allowed', async () => {
  const url = await postgres().freshDatabase();
  const name = new URL(url).pathname.slice(1);
  await postgres().exec(`ALTER DATABASE ${name} SET synchronous_commit = off`);
  expect((await check(url)).of('spool')).toMatchObject([{ status: 'fault' }]);
  const { code, of } = await check(url, { SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT: 'true' });
  expect(of('spool')).toMatchObject([{ status: 'warning' }]);
  expect(code).toBe(0);
});

it('that is full is a fault', async () => {
  const url = await postgres().freshDatabase();
  const down = `http://127.0.0.1:${await closedPort()}`;
  const env = { SPRAYPROXY_SPOOL_URL: url, SPRAYPROXY_SPOOL_MAX_BYTES: '1048576' };
  const running = await startSprayproxy({ backends: [down], env });
  const payload = Buffer.alloc(100 * 1024, ' ');
  while ((await sendWebhook(running.url, payload)).status !== 503);
  for (let small = 64 * 1024; small >= 16; small /= 2)
    await sendWebhook(running.url, payload.subarray(0, small));

  const { code, of } = await check(url, env);

  expect(code).toBe(1);
  expect(of('spool-room')).toMatchObject([
    { status: 'fault', detail: 'holds 1.0 MiB of 1.0 MiB: it is full' },
  ]);
});
