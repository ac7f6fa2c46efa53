import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ON_FREE_PORTS } from '../testing/run-program.js';
import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { onCleanup, sharedByTests } from './support/cleanup.js';
import { closedPort } from './support/closed-port.js';
import { FakeClock } from './support/fake-clock.js';
import { head, RawConnection } from './support/raw-connection.js';
import { githubHeaders, send, sendWebhook, sign } from './support/send-webhook.js';
import { runSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';

const PAYLOAD = '{"zen":"Avoid administrative distraction."}';

/** Somebody else listens there. */
async function takenPort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onCleanup(() => {
    taken.close();
  });
  return (taken.address() as AddressInfo).port;
}

describe('the start', () => {
  it('ignores stray arguments and variables it does not know', async () => {
    const program = runSprayproxy(
      {
        GH_APP_WEBHOOK_SECRET: SECRET,
        ...ON_FREE_PORTS,
        SPRAYPROXY_SERVER_URL: 'not ours',
        SPRAYPROXY_SERVER_TOKEN: 'not ours',
      },
      ['server', 'server', 'whatever'],
    );
    const { port } = await program.logged('listening');
    expect(await send(`http://127.0.0.1:${Number(port)}`, { method: 'GET', path: '/healthz' })).toMatchObject(
      {
        status: 200,
      },
    );
    expect(program.errorOutput).toBe('');
  });

  it.each([
    [['foo'], 'unknown command foo; there are server, check, deliveries, recover, spool'],
    [['foo', 'server'], 'unknown command foo; there are server, check, deliveries, recover, spool'],
    [['serve', '--port', '0'], 'unknown command serve; there are server, check, deliveries, recover, spool'],
    [['server', '--prot', '0'], 'unknown option --prot'],
    [['--prot=0'], 'unknown option --prot'],
    [['server', '--port'], '--port needs a value'],
  ])('does not happen if it is called with %j: %s', async (args, why) => {
    const program = runSprayproxy({ GH_APP_WEBHOOK_SECRET: SECRET }, args);
    expect(await program.exited).toBe(2);
    expect(program.errorOutput).toBe(`sprayproxy: ${why}\nsprayproxy --help tells more\n`);
    expect(program.rawLines).toEqual([]);
  });

  it('takes the options of the Go program, before the environment', async () => {
    const backend = await BackendServer.start();
    const program = runSprayproxy(
      {
        GH_APP_WEBHOOK_SECRET: SECRET,
        SPRAYPROXY_SERVER_PORT: 'not used',
        SPRAYPROXY_SERVER_BACKEND: 'not used',
        SPRAYPROXY_SERVER_METRICS_PORT: '0',
      },
      [
        'server',
        '--host',
        '127.0.0.1',
        '--port=0',
        '--backend',
        backend.url,
        '--insecure-skip-webhook-verify',
      ],
    );
    const { port, address } = await program.logged('listening');
    expect(address).toBe('127.0.0.1');
    const url = `http://127.0.0.1:${Number(port)}`;
    expect(await send(url, { method: 'POST', path: '/', body: PAYLOAD })).toMatchObject({ status: 200 });
    expect(backend.received).toHaveLength(1);
  });

  it('listens on all interfaces unless told otherwise', async () => {
    const { program } = await startSprayproxy({ env: { SPRAYPROXY_SERVER_HOST: '' } });
    expect(await program.logged('listening')).toMatchObject({
      address: expect.stringMatching(/^(::|0\.0\.0\.0)$/) as string,
    });
  });

  it('fails on a faulty environment, naming every fault and no value, before it listens', async () => {
    const env = {
      SPRAYPROXY_SERVER_PORT: 'value-1',
      SPRAYPROXY_SERVER_BACKEND: 'https://fine.example.com value-2',
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'value-3',
      SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: 'value-4',
      SPRAYPROXY_MAX_REQUEST_SIZE: 'value-5',
      SPRAYPROXY_SERVER_METRICS_CERT: '/value-6',
      SPRAYPROXY_LOG_LEVEL: 'value-7',
    };
    const program = runSprayproxy(env);
    expect(await program.exited).toBe(1);
    expect(program.lines).toMatchObject([{ level: 'fatal', service: 'sprayproxy', audit: 'true' }]);
    const faults = program.lines[0]?.faults as string[];
    for (const name of [...Object.keys(env), 'SPRAYPROXY_SERVER_METRICS_KEY', 'GH_APP_WEBHOOK_SECRET']) {
      expect(faults.some((fault) => fault.includes(name))).toBe(true);
    }
    expect(program.rawLines.join()).not.toContain('value-');
    expect(program.errorOutput).toBe('');
  });

  it('fails without a secret', async () => {
    const program = runSprayproxy({ SPRAYPROXY_SERVER_PORT: '0' });
    expect(await program.exited).toBe(1);
    expect(program.lines[0]?.msg).toContain('GH_APP_WEBHOOK_SECRET');
  });

  const TAKEN = 'in use by another program (EADDRINUSE)';

  it('fails if a port is taken, with one line that says which', async () => {
    const program = runSprayproxy({
      GH_APP_WEBHOOK_SECRET: SECRET,
      ...ON_FREE_PORTS,
      SPRAYPROXY_SERVER_PORT: String(await takenPort()),
    });
    expect(await program.exited).toBe(1);
    expect(program.lines).toEqual([
      expect.objectContaining({
        level: 'fatal',
        msg: expect.stringContaining(`SPRAYPROXY_SERVER_PORT: ${TAKEN}`) as string,
      }),
    ]);
    expect(program.lines[0]).not.toHaveProperty('err');
  });

  it('fails if the port of SPRAYPROXY_SERVER_METRICS_PORT is taken', async () => {
    const env = { SPRAYPROXY_SERVER_METRICS_PORT: String(await takenPort()) };
    await expect(bootSprayproxy({ env })).rejects.toThrow(`SPRAYPROXY_SERVER_METRICS_PORT: ${TAKEN}`);
  });

  it('fails if SPRAYPROXY_SERVER_HOST is no address of this host', async () => {
    await expect(bootSprayproxy({ env: { SPRAYPROXY_SERVER_HOST: '192.0.2.1' } })).rejects.toThrow(
      /not an address of this host \(EADDRNOTAVAIL\); correct SPRAYPROXY_SERVER_HOST/,
    );
  });

  it.each([
    ['--help', /Usage: sprayproxy[^]*SPRAYPROXY_SERVER_PORT \[8080\]/],
    ['-h', /Usage: sprayproxy/],
    ['help', /Usage: sprayproxy/],
    ['--version', /^\d+\.\d+\.\d+$/],
  ])('shows %s without a configuration', async (flag, pattern) => {
    const program = runSprayproxy({}, [flag]);
    expect(await program.exited).toBe(0);
    expect(program.rawLines.join('\n')).toMatch(pattern);
  });
});

describe('secrets', () => {
  it('are all accepted, from the variable and the file, and read again when a mounted Secret is swapped', async () => {
    const mount = mkdtempSync(join(tmpdir(), 'sprayproxy-'));
    onCleanup(() => {
      rmSync(mount, { recursive: true });
    });
    // As Kubernetes does it: the file is a link into a directory that is swapped as a whole.
    const swap = (version: string, secrets: string) => {
      writeFileSync(join(mount, `${version}-secret`), secrets);
      symlinkSync(`${version}-secret`, join(mount, `${version}-link`));
      renameSync(join(mount, `${version}-link`), join(mount, 'secret'));
    };
    swap('v1', 'old secret of ours\n');
    const { url, program } = await bootSprayproxy({
      env: { GH_APP_WEBHOOK_SECRET_FILE: join(mount, 'secret') },
    });
    const statusWith = async (secret: string) =>
      (await sendWebhook(url, PAYLOAD, { headers: { 'X-Hub-Signature-256': sign(PAYLOAD, secret) } })).status;

    expect([
      await statusWith(SECRET),
      await statusWith('old secret of ours'),
      await statusWith('new secret of ours'),
    ]).toEqual([200, 200, 400]);
    swap('v2', 'old secret of ours\nnew secret of ours\n');
    expect(await program.logged('webhook secrets read again')).toMatchObject({ secrets: 3 });
    expect([
      await statusWith('old secret of ours'),
      await statusWith('new secret of ours'),
      await statusWith(''),
    ]).toEqual([200, 200, 400]);
    expect(program.rawLines.join()).not.toMatch(/old secret|new secret|Everybody/);
  });
});

describe('the log', () => {
  it('has one line a delivery, with everything about it and nothing secret', async () => {
    const backends = [await BackendServer.start(202), await BackendServer.start(200)];
    const { url, program } = await startSprayproxy({ backends: backends.map((backend) => backend.url) });
    const guid = randomUUID();
    const reply = await sendWebhook(url, PAYLOAD, {
      guid,
      event: 'pull_request',
      headers: { Authorization: 'Bearer secret-token', 'X-Request-Id': 'from-the-router:1' },
    });
    expect(reply.headers['x-request-id']).toBe('from-the-router:1');
    const line = await program.delivery(guid);
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      service: 'sprayproxy',
      audit: 'true',
      requestId: 'from-the-router:1',
      delivery: guid,
      event: 'pull_request',
      payloadBytes: PAYLOAD.length,
      durationMs: expect.any(Number) as number,
      backends: backends.map(({ host }, index) => ({
        host,
        outcome: 'accepted',
        status: [202, 200][index],
        durationMs: expect.any(Number) as number,
      })),
      msg: 'delivery proxied',
    });
    await program.stop();
    expect(program.lines.filter(({ delivery }) => delivery === guid)).toHaveLength(1);
    for (const secret of [PAYLOAD, 'Avoid', 'secret-token', SECRET, sign(PAYLOAD)]) {
      expect(program.rawLines.join('\n')).not.toContain(secret);
    }
    expect(program.lines).toHaveLength(program.rawLines.length);
    for (const each of program.lines) {
      expect(each).toMatchObject({
        service: 'sprayproxy',
        audit: 'true',
        level: expect.any(String) as string,
      });
    }
  });

  it('takes over no request id, GUID or event that is not sane', async () => {
    const { url, program } = await bootSprayproxy();
    const uuid = /^[0-9a-f-]{36}$/;
    for (const id of ['', 'a b', 'x'.repeat(129), '\u00e9', '"}']) {
      expect(
        (await sendWebhook(url, PAYLOAD, { headers: { 'X-Request-Id': id } })).headers['x-request-id'],
      ).toMatch(uuid);
    }
    const guid = `g\u009b${'x'.repeat(10_000)}`;
    expect((await sendWebhook(url, PAYLOAD, { guid })).status).toBe(200);
    const line = await program.line(({ delivery }) => String(delivery).startsWith('g\\x9b'));
    expect(String(line.delivery).length).toBeLessThan(150);
  });

  it('says no more than it is told to', async () => {
    const port = await closedPort();
    const program = runSprayproxy({
      GH_APP_WEBHOOK_SECRET: SECRET,
      SPRAYPROXY_LOG_LEVEL: 'warn',
      SPRAYPROXY_SERVER_HOST: '127.0.0.1',
      SPRAYPROXY_SERVER_PORT: String(port),
      SPRAYPROXY_SERVER_METRICS_PORT: '0',
    });
    const url = `http://127.0.0.1:${port}`;
    while ((await fetch(url).catch(() => undefined)) === undefined);
    await sendWebhook(url, PAYLOAD, { headers: { 'X-Hub-Signature-256': '' } });
    expect(await program.stop()).toBe(0);
    expect(program.lines).toMatchObject([{ level: 'warn', msg: 'webhook rejected' }]);
  });
});

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'comes at %s, when the requests in flight have finished',
    async (signal) => {
      let answer: (() => void) | undefined;
      const backend = await BackendServer.start((_request, response) => {
        answer = () => response.writeHead(202).end();
      });
      const { url, port, program } = await startSprayproxy({ backends: [backend.url] });
      const idle = await RawConnection.open(port);
      idle.write(head('GET', '/healthz', {}));
      await idle.receive(/healthy$/);
      const reply = sendWebhook(url, PAYLOAD);
      await backend.receive(1);
      program.process.kill(signal);
      await program.logged('shutting down');
      await idle.closed;
      // The listener closes right after the idle connections; a client can be faster than that, or just as fast.
      await expect(RawConnection.untilRefused(port)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
      answer?.();
      expect(await reply).toMatchObject({ status: 200, text: 'proxied', headers: { connection: 'close' } });
      expect(await program.exited).toBe(0);
      expect(program.lines.at(-1)?.msg).toBe('shut down');
    },
  );

  it('is announced by /readyz while webhooks are still taken', async () => {
    const { url, stop } = await bootSprayproxy({ env: { SPRAYPROXY_SHUTDOWN_DELAY: '2s' } });
    expect(await send(url, { method: 'GET', path: '/readyz' })).toMatchObject({ status: 200, text: 'ready' });
    const stopped = stop();
    expect(await send(url, { method: 'GET', path: '/readyz' })).toMatchObject({
      status: 503,
      text: 'shutting down',
    });
    expect(await send(url, { method: 'GET', path: '/healthz' })).toMatchObject({ status: 200 });
    expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 200, headers: { connection: 'close' } });
    await stopped;
  });

  it('does not wait for ever for requests in flight', async () => {
    const backend = await BackendServer.start(() => undefined);
    const clock = new FakeClock();
    const { url, program, stop } = await bootSprayproxy({
      backends: [backend.url],
      env: { SPRAYPROXY_SHUTDOWN_TIMEOUT: '100ms', SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: '9s' },
      clock,
    });
    const reply = sendWebhook(url, PAYLOAD);
    await backend.receive(1);
    const stopped = stop();
    await expect(reply).rejects.toThrow();
    // The attempt may still be taken, and has the time that it has.
    clock.pass(9000);
    await stopped;
    expect(program.lines.at(-1)?.msg).toBe('shut down');
  });

  it('comes at once, with status 1, at a signal a second later; one that comes sooner is the same stop', async () => {
    const backend = await BackendServer.start(() => undefined);
    const { url, program } = await startSprayproxy({ backends: [backend.url] });
    const reply = sendWebhook(url, PAYLOAD);
    await backend.receive(1);
    program.process.kill('SIGTERM');
    await program.logged('shutting down');
    // Within a second it may be the same stop, sent twice.
    const impatient = setInterval(() => program.process.kill('SIGTERM'), 100);
    await expect(reply).rejects.toThrow();
    expect(await program.exited).toBe(1);
    clearInterval(impatient);
    expect(program.lines.filter(({ msg }) => msg === 'shutting down')).toHaveLength(1);
  });
});

it('cuts off a client that sends its headers too slowly', async () => {
  const { port } = await bootSprayproxy({ env: { SPRAYPROXY_SERVER_READ_TIMEOUT: '100ms' } });
  const connection = await RawConnection.open(port);
  connection.write('POST /proxy HTTP/1.1\r\nHost: x\r\n');
  await connection.receive(/^HTTP\/1.1 408 /);
  await connection.closed;
});

describe('headers', () => {
  const shared = sharedByTests(() => bootSprayproxy());

  it.each([
    [16_000, 200],
    [17_000, 431],
  ])('of %i bytes are answered with %i', async (bytes, status) => {
    const other = Object.entries(githubHeaders(PAYLOAD)).reduce(
      (sum, [name, value]) => sum + name.length + value.length + 4,
      0,
    );
    const reply = await sendWebhook(shared().url, PAYLOAD, {
      headers: { 'X-Padding': 'x'.repeat(bytes - other - 200) },
    });
    expect(reply.status).toBe(status);
  });
});
