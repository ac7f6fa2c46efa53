import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { makeTempDir } from './support/temp-dir.js';
import { scrape, scrapeUntil } from './support/metrics.js';
import { FaultyLink } from './support/postgres/faulty-link.js';
import { sharedPostgres } from './support/postgres/start-postgres.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { runSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';
import { ON_FREE_PORTS } from '../testing/run-program.js';
import { closedPort } from './support/closed-port.js';

const postgres = sharedPostgres();

/** `postgres://host:port/database`, as it is shown. */
const shown = (url: string): string => url.replace(/\/\/.*@/, '//');
const passwordOf = (url: string): string => new URL(url).password;
const withoutPassword = (url: string): string => url.replace(/:[^:@]*@/, '@');

it('keeps in it what a backend does not take, and tells how it is', async () => {
  const url = await postgres().freshDatabase();
  const down = `http://127.0.0.1:${await closedPort()}`;
  const running = await startSprayproxy({ backends: [down], env: { SPRAYPROXY_SPOOL_URL: url } });

  expect(await sendWebhook(running.url, '{}')).toMatchObject({ status: 202 });

  const metrics = await scrape(running.metricsUrl);
  expect(metrics.get('sprayproxy_spool_connected')).toBe(1);
  expect(metrics.get('sprayproxy_spool_verb_duration_seconds_count{verb="store"}')).toBe(1);
  expect(await running.program.stop()).toBe(0);
});

it('tells of its loss and return where it is, and never the password', async () => {
  const url = await postgres().freshDatabase();
  const link = await FaultyLink.start(postgres().port);
  const through = link.url(url);
  const { program, metricsUrl } = await startSprayproxy({ env: { SPRAYPROXY_SPOOL_URL: through } });

  await link.set('refuse');
  const lost = await program.logged('the spool is lost: nothing that is owed is kept');
  expect(lost).toMatchObject({ level: 'error', database: shown(through), why: expect.any(String) as string });
  await scrapeUntil(metricsUrl, 'sprayproxy_spool_connected', 0);

  await link.set('pass');
  const found = await program.logged('the spool is there again');
  expect(found).toMatchObject({ level: 'info', database: shown(through) });
  await scrapeUntil(metricsUrl, 'sprayproxy_spool_connected', 1);
  expect(await program.stop()).toBe(0);
  expect(program.rawLines.join('\n')).not.toContain(passwordOf(url));
});

it('reads the password anew from its file for each connection', async () => {
  const url = await postgres().freshDatabase();
  const file = join(makeTempDir(), 'password');
  writeFileSync(file, passwordOf(url));
  await postgres().exec(`CREATE ROLE rotated LOGIN PASSWORD '${passwordOf(url)}'`);
  const { pathname } = new URL(url);
  await postgres().exec(`GRANT ALL ON SCHEMA public TO rotated`, pathname.slice(1));
  const link = await FaultyLink.start(postgres().port);
  const { program } = await startSprayproxy({
    env: {
      SPRAYPROXY_SPOOL_URL: link.url(withoutPassword(url)).replace('postgres@', 'rotated@'),
      SPRAYPROXY_SPOOL_PASSWORD_FILE: file,
    },
  });

  await link.set('refuse');
  await program.logged('the spool is lost: nothing that is owed is kept');
  await postgres().exec(`ALTER ROLE rotated PASSWORD 'another'`);
  writeFileSync(file, 'another\n');
  await link.set('pass');

  await program.logged('the spool is there again');
  expect(await program.stop()).toBe(0);
});

it('takes the password that PGPASSFILE has for it', async () => {
  const url = new URL(await postgres().freshDatabase());
  const file = join(makeTempDir(), 'pgpass');
  writeFileSync(file, `${url.hostname}:${url.port}:*:${url.username}:${url.password}\n`);
  chmodSync(file, 0o600);
  const { metricsUrl } = await startSprayproxy({
    env: { SPRAYPROXY_SPOOL_URL: withoutPassword(url.href), PGPASSFILE: file },
  });
  await scrapeUntil(metricsUrl, 'sprayproxy_spool_connected', 1);
});

it('does not start with a password that is wrong, and says so', async () => {
  const url = (await postgres().freshDatabase()).replace(/:[^:@]*@/, ':wrong-word@');
  const program = runSprayproxy({ GH_APP_WEBHOOK_SECRET: SECRET, SPRAYPROXY_SPOOL_URL: url });

  expect(await program.exited).toBe(1);
  expect(program.lines).toMatchObject([
    {
      level: 'fatal',
      msg: expect.stringMatching(/^cannot start: the spool's database .*password/) as string,
    },
  ]);
  expect(program.rawLines.join('\n')).not.toContain('wrong-word');
});

describe('a database that cannot be reached at the start', () => {
  const own = sharedPostgres();

  it('keeps webhooks out, and lets them in when it is there', async () => {
    const url = await own().freshDatabase();
    await own().stop();
    const running = await startSprayproxy({ env: { SPRAYPROXY_SPOOL_URL: url } });

    const line = await running.program.logged('the spool is not there yet: no webhook is welcome');
    expect(line).toMatchObject({ level: 'error', database: shown(url) });
    expect(await send(running.url, { path: '/healthz' })).toMatchObject({ status: 200 });
    expect(await send(running.url, { path: '/readyz' })).toMatchObject({ status: 503 });

    await own().start();
    await running.program.logged('the spool is there again');
    expect(await send(running.url, { path: '/readyz' })).toMatchObject({ status: 200 });
  });

  it('ends the program in order where it is found unusable later', async () => {
    const url = await own().freshDatabase();
    await own().stop();
    const program = runSprayproxy({
      ...ON_FREE_PORTS,
      GH_APP_WEBHOOK_SECRET: SECRET,
      SPRAYPROXY_SPOOL_URL: url,
    });
    await program.logged('listening');

    await own().start({ synchronous_commit: 'off' });

    expect(await program.exited).toBe(1);
    const { msg } = await program.line(({ level }) => level === 'fatal');
    expect(msg).toMatch(/^cannot go on: the spool's database .* synchronous_commit/);
    expect(program.lines.at(-1)?.msg).toBe('shut down');
  });
});
