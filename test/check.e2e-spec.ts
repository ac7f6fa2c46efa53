import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type CheckReport } from '../src/check/command.js';
import { BackendServer } from './support/backend-server.js';
import { onCleanup } from './support/cleanup.js';
import { closedPort } from './support/closed-port.js';
import { fixture } from './support/fixture.js';
import { callCommand, type CommandResult, runCommand } from './support/run-command.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { MAIN, runSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';
import { useTempDir } from './support/temp-dir.js';

const dir = useTempDir();

/** Nothing is wrong with it. */
const SOUND = {
  GH_APP_WEBHOOK_SECRET: SECRET,
  SPRAYPROXY_SERVER_HOST: '127.0.0.1',
  SPRAYPROXY_SERVER_PORT: '0',
  SPRAYPROXY_SERVER_METRICS_PORT: '0',
  SPRAYPROXY_SPOOL_MAX_BYTES: '1048576',
};

type Environment = Readonly<Record<string, string>>;

/** In this process. */
const check = async (env: Environment, ...args: string[]) =>
  read(await callCommand({ ...SOUND, ...env }, 'check', '--json', ...args));

/** In a process of its own, as only Node itself reads some of its environment. */
const checkByProgram = async (env: Environment) =>
  read(await runCommand({ ...SOUND, ...env }, 'check', '--json'));

function read({ code, out, err }: CommandResult) {
  expect(err).toBe('');
  const report = JSON.parse(out) as CheckReport;
  expect(code).toBe(report.ok ? 0 : 1);
  const of = (...names: string[]) =>
    report.results
      .filter(({ check: name }) => names.includes(name))
      .map(({ durationMs: _ms, ...rest }) => rest);
  return { code, report, of };
}

const WAY = ['dns', 'tcp', 'tls', 'http'];

/** The steps on the way to one backend: each with its status, and its detail. */
function wayIn({ of }: ReturnType<typeof read>, url: string) {
  const steps = of(...WAY).filter(({ subject }) => subject === url);
  return {
    steps: steps.map((step) => `${step.check} ${step.status}`),
    details: Object.fromEntries(steps.map((step) => [step.check, step.detail])),
  };
}

async function wayTo(url: string, env: Environment = {}, ...args: string[]) {
  const found = await check({ ...env, SPRAYPROXY_SERVER_BACKEND: url }, ...args);
  return { code: found.code, ...wayIn(found, url) };
}

/** Answers with nothing but keeps every byte. */
async function silentServer(): Promise<{ port: number; bytes: () => string; mostAtOnce: () => number }> {
  let bytes = '';
  let open = 0;
  let most = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    most = Math.max(most, (open += 1));
    socket.on('close', () => (open -= 1));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => (bytes += chunk.toString('latin1')));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, bytes: () => bytes, mostAtOnce: () => most };
}

const contentOf = (path: string): Record<string, unknown> =>
  Object.fromEntries(
    readdirSync(path).map((name) => {
      const file = join(path, name);
      return [name, statSync(file).isFile() ? readFileSync(file, 'base64') : 'no file'];
    }),
  );

describe('the command', () => {
  it('prints a table and exits with 0 if nothing is wrong, though there are warnings', async () => {
    const backend = await BackendServer.start(200);
    const { code, out, err } = await runCommand(
      { ...SOUND, GH_APP_WEBHOOK_SECRET: ' tell-nobody-of-it', SPRAYPROXY_SERVER_BACKEND: backend.url },
      'check',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^ok +\d+\.\d ms {2}environment {2}variables: 6 of \d+ are set\n/);
    expect(out).toMatch(
      /\nwarning +\d+\.\d ms {2}secret {7}GH_APP_WEBHOOK_SECRET: begins with white space, which counts\n +-> /,
    );
    expect(out).toContain(`  http         ${backend.url}: 200\n`);
    expect(out).toMatch(/\n\n\d+ checks ok, 1 warning, 0 faults\n$/);
    expect(out).not.toContain('tell-nobody');
  });

  it('prints JSON: every result with its duration, and what to do where it is not ok', async () => {
    const { report } = await check({ SPRAYPROXY_SERVER_BACKEND: `http://127.0.0.1:${await closedPort()}` });
    expect(Object.keys(report)).toEqual(['ok', 'results']);
    expect(report.ok).toBe(false);
    for (const result of report.results) {
      expect(result).toEqual({
        check: expect.any(String) as string,
        subject: expect.any(String) as string,
        status: expect.stringMatching(/^(ok|warning|fault)$/) as string,
        detail: expect.any(String) as string,
        durationMs: expect.any(Number) as number,
        ...(result.status !== 'ok' && { advice: expect.stringMatching(/./) as string }),
      });
    }
  });

  it('exits with 1 if there is a fault', async () => {
    const { code, out, err } = await runCommand({ ...SOUND, SPRAYPROXY_SERVER_PORT: 'x' }, 'check');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/\n\n\d+ checks? ok, 1 warning, 1 fault\n$/);
  });

  it.each([
    [['--colour'], runCommand],
    [['--colour'], callCommand],
    [['server'], callCommand],
    [['--timeout', 'soon'], callCommand],
  ])('exits with 2 if called with %j', async (args, run) => {
    const { code, out, err } = await run(SOUND, 'check', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^sprayproxy check: .+\n$/);
  });

  it('explains itself', async () => {
    expect(await callCommand({}, 'check', '--help')).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Usage: sprayproxy check [options]') as string,
    });
  });

  it('is not meant by "server check": the service starts', async () => {
    const program = runSprayproxy(SOUND, ['server', 'check']);
    await program.logged('listening');
    expect(await program.stop()).toBe(0);
  });

  it('reports every fault of the environment, and checks what it can all the same', async () => {
    const backend = await BackendServer.start(200);
    const { of, report } = await check({
      GH_APP_WEBHOOK_SECRET: '',
      SPRAYPROXY_SERVER_PORT: 'eighty-eighty',
      SPRAYPROXY_SERVER_METRICS_CERT: fixture('none.pem'),
      SPRAYPROXY_SERVER_BACKEND: backend.url,
    });
    expect(of('environment').map(({ subject, status }) => `${subject} ${status}`)).toEqual([
      'SPRAYPROXY_SERVER_PORT fault',
      'SPRAYPROXY_SERVER_METRICS_CERT fault',
      'GH_APP_WEBHOOK_SECRET fault',
      'SPRAYPROXY_SERVER_METRICS_CERT fault',
    ]);
    expect(of('port')).toEqual([]);
    expect(of('http')).toMatchObject([{ status: 'ok' }]);
    expect(JSON.stringify(report)).not.toContain('eighty-eighty');
  });

  it.each(['none', '.'])('goes on when the secret file is %j, which cannot be read', async (name) => {
    const backend = await BackendServer.start(200);
    const { of } = await check({
      GH_APP_WEBHOOK_SECRET: '',
      GH_APP_WEBHOOK_SECRET_FILE: join(dir.path, name),
      SPRAYPROXY_SERVER_BACKEND: backend.url,
    });
    expect(of('environment')).toMatchObject([{ subject: 'GH_APP_WEBHOOK_SECRET_FILE', status: 'fault' }]);
    expect(of('secret')).toEqual([]);
    expect(of('http')).toMatchObject([{ status: 'ok' }]);
  });

  it('does not say that there is no backend when their list cannot be used', async () => {
    const { of } = await check({ SPRAYPROXY_SERVER_BACKEND: 'backend' });
    expect(of('environment', 'backends')).toMatchObject([
      { subject: 'SPRAYPROXY_SERVER_BACKEND', status: 'fault' },
    ]);
  });
});

describe('the way to a backend', () => {
  it('is gone with a GET to its own path and query, without a body', async () => {
    const backend = await BackendServer.start(200);
    expect(await wayTo(`${backend.url}/pac?team=a`)).toEqual({
      code: 0,
      steps: ['tcp ok', 'http ok'],
      details: {
        tcp: `connected to 127.0.0.1, port ${backend.host.split(':')[1] ?? ''}`,
        http: '200',
      },
    });
    expect(backend.received.map(({ method, target, body }) => [method, target, body.length])).toEqual([
      ['GET', '/pac?team=a', 0],
    ]);
    expect(backend.received[0]?.headers.host).toBe(backend.host);
  });

  it('is looked up by name', async () => {
    const backend = await BackendServer.start(200);
    const { steps, details } = await wayTo(backend.url.replace('127.0.0.1', 'localhost'));
    expect({ steps, dns: details.dns }).toEqual({
      steps: ['dns ok', 'tcp ok', 'http ok'],
      dns: expect.stringContaining('127.0.0.1') as string,
    });
  });

  it('ends at a name that does not resolve', async () => {
    // @see RFC 6761 section 6.4: .invalid never does
    const { code, steps, details } = await wayTo('https://backend.invalid');
    expect({ code, steps }).toEqual({ code: 1, steps: ['dns fault'] });
    expect(details.dns).toMatch(/^the name (does not resolve \(E\w+\)|was not resolved in time)$/);
  });

  it('ends at a closed port', async () => {
    const port = await closedPort();
    expect(await wayTo(`https://127.0.0.1:${port}`)).toEqual({
      code: 1,
      steps: ['tcp fault'],
      details: { tcp: `nothing listens on port ${port} (ECONNREFUSED)` },
    });
  });

  it('ends at a backend that hangs, when its time is over; only a GET was sent', async () => {
    const { port, bytes } = await silentServer();
    expect(await wayTo(`http://127.0.0.1:${port}/hook`, {}, '--timeout', '300ms')).toMatchObject({
      code: 1,
      steps: ['tcp ok', 'http fault'],
      details: { http: 'connected, but no answer in time' },
    });
    expect(bytes()).toMatch(/^GET \/hook HTTP\/1\.1\r\n(?:[\w-]+: .*\r\n)+\r\n$/);
  });

  it('ends at a TLS handshake that hangs', async () => {
    const { port } = await silentServer();
    expect(await wayTo(`https://127.0.0.1:${port}`, {}, '--timeout', '300ms')).toMatchObject({
      code: 1,
      steps: ['tcp ok', 'tls fault'],
      details: { tls: 'no TLS handshake in time' },
    });
  });

  it('ends where no TLS is spoken', async () => {
    const backend = await BackendServer.start(200);
    const { code, steps, details } = await wayTo(backend.url.replace('http:', 'https:'));
    expect({ code, steps }).toEqual({ code: 1, steps: ['tcp ok', 'tls fault'] });
    expect(details.tls).toMatch(/^no TLS handshake \(E\w+\)$/);
  });

  it('follows no redirect', async () => {
    const target = await BackendServer.start(200);
    const backend = await BackendServer.start((_request, response) => {
      response.writeHead(302, { Location: target.url }).end();
    });
    expect(await wayTo(backend.url)).toMatchObject({
      code: 1,
      steps: ['tcp ok', 'http fault'],
      details: { http: `302, a redirect to ${target.url}: a webhook does not follow it` },
    });
    expect(target.connections).toBe(0);
  });

  it('ends at a 404', async () => {
    const backend = await BackendServer.start(404);
    expect(await wayTo(backend.url)).toMatchObject({
      code: 1,
      details: { http: '404: Pipelines-as-Code answers 200' },
    });
  });

  it('is gone to all backends at once: those that hang keep nobody waiting', async () => {
    const hanging = await silentServer();
    const backend = await BackendServer.start(200);
    const urls = [
      ...Array.from({ length: 8 }, (_, i) => `http://127.0.0.1:${hanging.port}/${i}`),
      backend.url,
    ];
    const { of } = await check({ SPRAYPROXY_SERVER_BACKEND: urls.join(' ') }, '--timeout', '2s');
    expect(hanging.mostAtOnce()).toBe(8);
    expect(of('http').map(({ status }) => status)).toEqual(['ok', ...Array<string>(8).fill('fault')]);
  });
});

/** Each is looked at by itself, but in one run of the program, which trusts no more than it is told when it starts. */
describe('the certificate of a backend', () => {
  const CERTIFICATES = ['localhost-cert.pem', 'elsewhere-cert.pem', 'expired-cert.pem'];
  const SKIP = { SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY: 'true' };
  const backends = new Map<string, BackendServer>();
  let authorities: string;

  beforeAll(async () => {
    const mount = mkdtempSync(join(tmpdir(), 'sprayproxy-'));
    onCleanup(() => {
      rmSync(mount, { recursive: true });
    });
    authorities = join(mount, 'authorities.pem');
    writeFileSync(authorities, CERTIFICATES.map((name) => readFileSync(fixture(name), 'utf8')).join(''));
    for (const name of CERTIFICATES) backends.set(name, await BackendServer.startTls(name, 200));
  });

  beforeEach(() => {
    for (const backend of backends.values()) backend.received.length = 0;
  });

  const methodsGot = () => [...backends.values()].map(({ received }) => received.map(({ method }) => method));
  const urls = () => [...backends.values()].map(({ url }) => url).join(' ');
  const trusting = () => ({ NODE_EXTRA_CA_CERTS: authorities, SPRAYPROXY_SERVER_BACKEND: urls() });
  const wayOf = (found: ReturnType<typeof read>, name: string) => wayIn(found, backends.get(name)?.url ?? '');

  it.each([
    [{}, 1, 'tcp ok, tls fault', [['GET'], [], []]],
    [SKIP, 0, 'tcp ok, tls warning, http ok', [['GET'], ['GET'], ['GET']]],
  ])(
    'is judged where its authority is trusted by NODE_EXTRA_CA_CERTS; with %j',
    async (env, code, steps, got) => {
      const found = await checkByProgram({ ...trusting(), ...env });
      expect(found.code).toBe(code);
      expect(methodsGot()).toEqual(got);

      const sound = wayOf(found, 'localhost-cert.pem');
      expect(sound.steps).toEqual(['tcp ok', 'tls ok', 'http ok']);
      expect(sound.details.tls).toMatch(/^TLSv1\.3, by localhost, \d+ days left$/);
      for (const [name, detail] of [
        ['elsewhere-cert.pem', 'the certificate is for another name (DNS:elsewhere.example)'],
        ['expired-cert.pem', 'the certificate expired on 2021-01-01'],
      ] as const) {
        const way = wayOf(found, name);
        expect({ name, steps: way.steps.join(', '), detail: way.details.tls }).toEqual({
          name,
          steps,
          detail,
        });
      }
    },
  );

  it.each([
    ['self-signed', 'localhost-cert.pem', /^its authority is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/],
    ['wrong in two ways', 'elsewhere-cert.pem', /^its authority is not trusted .*; .* is for another name/],
  ])('that is %s is refused, unless certificates are not verified', async (_what, name, detail) => {
    const backend = await BackendServer.startTls(name, 200);
    const refused = await wayTo(backend.url);
    expect(refused).toMatchObject({ code: 1, steps: ['tcp ok', 'tls fault'] });
    expect(refused.details.tls).toMatch(detail);
    expect(backend.received).toEqual([]);

    const taken = await wayTo(backend.url, SKIP);
    expect(taken).toMatchObject({ code: 0, steps: ['tcp ok', 'tls warning', 'http ok'] });
    expect(taken.details.tls).toMatch(detail);
  });

  it('is warned of when it ends soon', async () => {
    const found = await checkByProgram({
      ...trusting(),
      ...SKIP,
      NODE_OPTIONS: `--require ${fixture('shifted-clock.js')}`,
      // The certificate ends on 2120-01-01.
      TEST_NOW: String(Date.parse('2119-12-20T12:00:00Z')),
    });
    expect(wayOf(found, 'elsewhere-cert.pem').details.tls).toMatch(/; the certificate has 11 days left$/);
  });

  it.each([
    ['metrics', 'metrics-tls', 'SPRAYPROXY_SERVER_METRICS', {}],
    ['webhook', 'webhook-tls', 'SPRAYPROXY_WEBHOOK', { SPRAYPROXY_WEBHOOK_PORT: '0' }],
  ])('is looked at for the %s listener too', async (_which, name, prefix, env) => {
    const { of } = await check({
      ...env,
      [`${prefix}_CERT`]: fixture('expired-cert.pem'),
      [`${prefix}_KEY`]: fixture('localhost-key.pem'),
    });
    expect(of(name)).toMatchObject([
      {
        status: 'fault',
        subject: fixture('expired-cert.pem'),
        detail: 'the certificate expired on 2021-01-01',
      },
    ]);
  });
});

describe('the listener for webhooks alone', () => {
  const SHOWN = { host: '127.0.0.1', cert: fixture('localhost-cert.pem'), key: fixture('localhost-key.pem') };
  const envOf = ({ port, host, cert, key }: Record<'port' | 'host' | 'cert' | 'key', string>) => ({
    SPRAYPROXY_WEBHOOK_PORT: port,
    SPRAYPROXY_WEBHOOK_HOST: host,
    SPRAYPROXY_WEBHOOK_CERT: cert,
    SPRAYPROXY_WEBHOOK_KEY: key,
  });

  it('is known beside the service, and not asked where nobody can tell how', async () => {
    const { program } = await startSprayproxy({ env: envOf({ ...SHOWN, port: '0' }) });
    const port = String((await program.logged('listening')).webhookPort);
    const portOf = async (env: Record<string, string>) =>
      (await check(env)).of('port').filter(({ subject }) => subject === 'SPRAYPROXY_WEBHOOK_PORT');
    expect(await portOf(envOf({ ...SHOWN, port }))).toMatchObject([
      { status: 'ok', detail: 'in use by a running sprayproxy' },
    ]);
    expect(await portOf(envOf({ ...SHOWN, port, cert: fixture('missing.pem') }))).toEqual([]);
    expect(await portOf(envOf({ ...SHOWN, port, host: 'not a host' }))).toEqual([]);
  });
});

describe('the spool', () => {
  const at = (path: string) => ({ SPRAYPROXY_SPOOL_URL: `file:${path}` });

  /** One that owes a delivery to a backend that was registered, and is closed. */
  async function usedSpool(): Promise<{ readonly path: string; readonly registered: string }> {
    const path = join(dir.path, 'spool');
    const registered = await BackendServer.start(503);
    const env = {
      ...at(path),
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
      SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
    };
    const { url, program } = await startSprayproxy({ env });
    const body = JSON.stringify({ url: registered.url });
    expect(await send(url, { method: 'POST', path: '/backends', body })).toMatchObject({ status: 200 });
    expect(await sendWebhook(url, '{}')).toMatchObject({ status: 202 });
    await program.stop();
    return { path, registered: registered.url };
  }

  it('that is off, or missing, or empty, is no fault, and nothing is made', async () => {
    expect((await check({})).of('spool', 'spool-room')).toEqual([]);
    const missing = await check(at(join(dir.path, 'a/b')));
    expect(missing.of('spool', 'spool-room')).toMatchObject([
      { status: 'ok', detail: 'will be made' },
      { status: 'ok', detail: expect.stringMatching(/^[\d.]+ GiB free .* may become 1\.0 MiB$/) as string },
    ]);
    expect((await check(at(dir.path))).of('spool')).toMatchObject([{ detail: 'writable, no spool yet' }]);
    expect(readdirSync(dir.path)).toEqual([]);
  });

  it('is read and left as it was, its lock file too; its registered backends are checked', async () => {
    const { path, registered } = await usedSpool();
    rmSync(join(path, 'lock.mdb'));
    const before = contentOf(path);
    const { of } = await check({
      ...at(path),
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
      SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
    });
    expect(contentOf(path)).toEqual(before);
    expect(of('spool')).toEqual([
      { check: 'spool', subject: path, status: 'ok', detail: 'writable, not damaged' },
    ]);
    expect(of('backends')).toMatchObject([{ detail: '0 static, 1 registered' }]);
    expect(of('http')).toMatchObject([{ subject: registered, status: 'fault' }]);
  });

  it('that is damaged is a fault, with what the start would say', async () => {
    const { path } = await usedSpool();
    const file = join(path, 'data.mdb');
    truncateSync(file, statSync(file).size - 4096);
    const before = contentOf(path);
    const { code, of } = await check(at(path));
    expect(code).toBe(1);
    expect(of('spool')).toMatchObject([
      {
        status: 'fault',
        detail: 'holds a damaged spool (the end of its file is missing)',
        advice: expect.stringMatching(/^move the directory away/) as string,
      },
    ]);
    expect(contentOf(path)).toEqual(before);
  });

  it('that is no directory, or a data file that is none, is a fault', async () => {
    const file = join(dir.path, 'file');
    writeFileSync(file, '');
    expect((await check(at(file))).of('spool')).toMatchObject([
      { status: 'fault', detail: 'is no directory' },
    ]);
    mkdirSync(join(dir.path, 'data.mdb'));
    expect((await check(at(dir.path))).of('spool')).toMatchObject([
      { status: 'fault', detail: 'holds a data.mdb that is no file' },
    ]);
  });

  it('that is larger than the disk is warned of', async () => {
    const { code, of } = await check({ ...at(dir.path), SPRAYPROXY_SPOOL_MAX_BYTES: String(1024 ** 5) });
    expect(code).toBe(0);
    expect(of('spool-room')).toMatchObject([
      { status: 'warning', advice: 'enlarge the disk, or lower SPRAYPROXY_SPOOL_MAX_BYTES' },
    ]);
  });

  it('that is full is a fault, be it in use or not', async () => {
    const down = `http://127.0.0.1:${await closedPort()}`;
    const env = { ...at(dir.path), SPRAYPROXY_SPOOL_MAX_BYTES: '1048576' };
    const { url, port, metricsUrl, program } = await startSprayproxy({ backends: [down], env });
    const payload = Buffer.alloc(100 * 1024, ' ');
    while ((await sendWebhook(url, payload)).status !== 503);
    for (let small = 64 * 1024; small >= 16; small /= 2) await sendWebhook(url, payload.subarray(0, small));

    const ports = {
      SPRAYPROXY_SERVER_PORT: String(port),
      SPRAYPROXY_SERVER_METRICS_PORT: new URL(metricsUrl).port,
    };
    const full = [{ status: 'fault', detail: 'holds 1.0 MiB of 1.0 MiB: it is full' }];
    expect((await check({ ...env, ...ports })).of('spool-room')).toMatchObject(full);
    await program.stop();
    expect((await check(env)).of('spool-room')).toMatchObject(full);
  });

  it('of a running service is in use, as it should be; the service does not notice', async () => {
    const backend = await BackendServer.start(200);
    const env = { ...at(dir.path), SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' };
    const { url, port, metricsUrl, program } = await startSprayproxy({ backends: [backend.url], env });
    const names = readdirSync(dir.path);
    const running = { ...env, SPRAYPROXY_SERVER_BACKEND: backend.url };
    const { code, of } = await check({
      ...running,
      SPRAYPROXY_SERVER_PORT: String(port),
      SPRAYPROXY_SERVER_METRICS_PORT: new URL(metricsUrl).port,
    });
    expect(code).toBe(0);
    expect(of('port')).toMatchObject([
      { status: 'ok', subject: 'SPRAYPROXY_SERVER_PORT', detail: 'in use by a running sprayproxy' },
      { status: 'ok', subject: 'SPRAYPROXY_SERVER_METRICS_PORT', detail: 'in use by a running sprayproxy' },
    ]);
    expect(of('spool')).toMatchObject([{ status: 'ok', detail: 'in use by a running process' }]);
    expect(of('backends')).toMatchObject([{ detail: '1 static, 0 registered' }]);
    expect(of('http')).toHaveLength(1);

    // With another port it would be a second service on the same spool.
    const second = await check({ ...running, SPRAYPROXY_SERVER_PORT: String(await closedPort()) });
    expect(second.of('spool')).toMatchObject([{ status: 'fault' }]);

    expect(readdirSync(dir.path)).toEqual(names);
    expect(await sendWebhook(url, '{}')).toMatchObject({ status: 200 });
    expect(await program.stop()).toBe(0);
  });

  it('of a running service hides no backend that was registered there', async () => {
    const registered = await BackendServer.start(200);
    const env = {
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
      SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
    };
    const { url, port } = await startSprayproxy({ env });
    await send(url, { method: 'POST', path: '/backends', body: JSON.stringify({ url: registered.url }) });
    const { of } = await check({ ...env, SPRAYPROXY_SERVER_PORT: String(port) });
    expect(of('http')).toEqual([{ check: 'http', subject: registered.url, status: 'ok', detail: '200' }]);
  });
});

describe('a port', () => {
  it('that is free is left free', async () => {
    const port = String(await closedPort());
    const env = { SPRAYPROXY_SERVER_PORT: port };
    expect((await check(env)).of('port')).toMatchObject([{ status: 'ok', detail: 'free' }]);
    expect((await check(env)).of('port')).toMatchObject([{ status: 'ok', detail: 'free' }]);
  });

  it('that another program has is a fault', async () => {
    const other = await BackendServer.start(200);
    const port = new URL(other.url).port;
    for (const variable of ['SPRAYPROXY_SERVER_PORT', 'SPRAYPROXY_SERVER_METRICS_PORT']) {
      const { code, of } = await check({ [variable]: port });
      expect(code).toBe(1);
      expect(of('port')).toMatchObject([
        { status: 'fault', subject: variable, detail: 'in use by another program (EADDRINUSE)' },
      ]);
    }
  });

  it('at an address of another host is a fault', async () => {
    // @see RFC 5737: nobody has it
    const { of } = await check({ SPRAYPROXY_SERVER_HOST: '192.0.2.1', SPRAYPROXY_SERVER_PORT: '8080' });
    expect(of('port')).toMatchObject([
      { status: 'fault', detail: 'not an address of this host (EADDRNOTAVAIL)' },
    ]);
  });
});

it('ends without a word when nobody reads on', async () => {
  const program = spawn(process.execPath, [MAIN, 'check'], {
    env: { PATH: process.env.PATH, GH_APP_WEBHOOK_SECRET: SECRET },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  program.stdout.destroy();
  let said = '';
  program.stderr.on('data', (text: Buffer) => (said += text.toString()));
  expect(await once(program, 'close')).toEqual([0, null]);
  expect(said).toBe('');
});
