import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';

import { SprayproxyConfig } from '../src/config/sprayproxy-config.js';
import { ON_FREE_PORTS } from '../testing/run-program.js';
import { bootSprayproxy } from './support/boot.js';
import { onCleanup } from './support/cleanup.js';
import { fixture } from './support/fixture.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { MAIN, runSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';

function tempDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'sprayproxy-'));
  onCleanup(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

describe('a signal', () => {
  it.each(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGALRM', 'SIGABRT'] as const)(
    '%s, sent twice at once, ends the process in order',
    async (signal) => {
      const { program } = await startSprayproxy();
      program.process.kill(signal);
      program.process.kill(signal);
      expect(await program.exited).toBe(0);
      expect(program.lines.filter(({ msg }) => msg === 'shutting down')).toMatchObject([{ signal }]);
      expect(program.lines.at(-1)?.msg).toBe('shut down');
    },
  );

  it.each([
    ['handling', 'before anything has started'],
    ['locking', 'while the spool is opened'],
    ['listening', 'before all of it listens'],
  ])('that comes while it starts (%s: %s) ends it in order', async (at) => {
    const spool = tempDir();
    const program = runSprayproxy({
      GH_APP_WEBHOOK_SECRET: SECRET,
      ...ON_FREE_PORTS,
      SPRAYPROXY_SPOOL_URL: `file:${spool}`,
      SPRAYPROXY_SHUTDOWN_DELAY: '1h',
      NODE_OPTIONS: `--require ${fixture('signal-while-starting.js')}`,
      TEST_SIGNAL_AT: at,
    });
    expect(await program.exited).toBe(0);
    expect(program.lines).toMatchObject([
      { level: 'info', msg: 'shutting down', signal: 'SIGTERM' },
      { level: 'info', msg: 'shut down' },
    ]);
    expect(program.errorOutput).toBe('');
    // A lock that is left behind is one that was not given back.
    expect(readdirSync(spool).filter((name) => name.startsWith('spool.lock'))).toEqual([]);
  });

  it('that comes while the start hangs ends it all the same', async () => {
    const program = runSprayproxy({
      GH_APP_WEBHOOK_SECRET: SECRET,
      ...ON_FREE_PORTS,
      SPRAYPROXY_SPOOL_URL: `file:${tempDir()}`,
      NODE_OPTIONS: `--require ${fixture('signal-while-starting.js')}`,
      TEST_SIGNAL_AT: 'hanging',
    });
    expect(await program.exited).toBe(0);
    expect(program.lines).toMatchObject([
      { level: 'info', msg: 'shutting down' },
      { level: 'warn', msg: expect.stringContaining('is cut off') as string },
    ]);
  });

  it('SIGUSR1 opens no debugger, and changes nothing', async () => {
    const { program, url } = await startSprayproxy();
    program.process.kill('SIGUSR1');
    expect(await send(url, { method: 'GET', path: '/healthz' })).toMatchObject({ status: 200 });
    expect(await program.stop()).toBe(0);
    expect(program.errorOutput).toBe('');
  });

  it('ends the process though nobody reads what it has to say', async () => {
    const child = spawn(process.execPath, [MAIN, 'server'], {
      env: {
        GH_APP_WEBHOOK_SECRET: SECRET,
        SPRAYPROXY_SERVER_HOST: '127.0.0.1',
        SPRAYPROXY_SERVER_PORT: '0',
        SPRAYPROXY_SERVER_METRICS_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onCleanup(() => {
      child.kill('SIGKILL');
    });
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    child.stdout.pause();
    const [line = ''] = text.toString().split('\n', 1);
    const { port } = JSON.parse(line) as { port: number };
    // More than a pipe holds: each delivery is a line, while those of rejections are bounded.
    const deliver = () => sendWebhook(`http://127.0.0.1:${port}`, '{}');
    for (let count = 0; count < 1000; count += 50) {
      await Promise.all(Array.from({ length: 50 }, deliver));
    }
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });
});

it('takes up the metrics certificate that is renewed on disk, and none that cannot be used', async () => {
  const dir = tempDir();
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  copyFileSync(fixture('localhost-cert.pem'), cert);
  copyFileSync(fixture('localhost-key.pem'), key);
  const { program, metricsUrl } = await bootSprayproxy({
    env: { SPRAYPROXY_SERVER_METRICS_CERT: cert, SPRAYPROXY_SERVER_METRICS_KEY: key },
  });
  const fingerprint = async () => {
    const socket = connect({
      host: '127.0.0.1',
      port: Number(new URL(metricsUrl).port),
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };

  const first = await fingerprint();
  copyFileSync(fixture('expired-cert.pem'), cert);
  await program.logged('certificate read again');
  const second = await fingerprint();
  expect(second).not.toBe(first);

  copyFileSync(__filename, cert);
  expect(await program.line(({ level }) => level === 'error')).toMatchObject({
    reason: 'unusable',
    msg: expect.stringContaining('SPRAYPROXY_SERVER_METRICS_CERT') as string,
  });
  expect(await fingerprint()).toBe(second);
});

describe('a registered backend', () => {
  it('that is local is left out after a restart without permission, and back with it', async () => {
    const backend = createServer((_request, response) => response.writeHead(202).end()).listen(
      0,
      '127.0.0.1',
    );
    await once(backend, 'listening');
    onCleanup(() => {
      backend.close();
    });
    const url = `http://127.0.0.1:${(backend.address() as { port: number }).port}`;
    const env = {
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
      SPRAYPROXY_SPOOL_URL: `file:${tempDir()}`,
    };
    const listed = async (environment: Readonly<Record<string, string>>, body?: string) => {
      const { program, url: own } = await startSprayproxy({ env: environment });
      if (body !== undefined) await send(own, { method: 'POST', path: '/backends', body });
      const { text: list } = await send(own, { method: 'GET', path: '/backends' });
      await program.stop();
      return { list, warned: program.lines.some(({ level }) => level === 'warn') };
    };
    const allowed = { ...env, SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true' };
    expect(await listed(allowed, JSON.stringify({ url }))).toMatchObject({ list: `Backend urls: ${url}` });
    expect(await listed(env)).toEqual({ list: 'Backend urls: ', warned: true });
    expect(await listed(allowed)).toMatchObject({ list: `Backend urls: ${url}` });
  });

  it('is not this program, and goes by ?url= without a body', async () => {
    const { url } = await bootSprayproxy({
      env: {
        SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
        SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
      },
    });
    const post = (body: object) =>
      send(url, { method: 'POST', path: '/backends', body: JSON.stringify(body) });
    expect(await post({ url })).toMatchObject({ status: 400 });
    expect(await post({ url: 'https://pac.invalid' })).toMatchObject({ status: 200 });
    const path = `/backends?url=${encodeURIComponent('https://pac.invalid')}`;
    const other = JSON.stringify({ url: 'https://other.invalid' });
    // By itself, Node sends none with a DELETE.
    const headers = { 'Content-Length': Buffer.byteLength(other) };
    expect(await send(url, { method: 'DELETE', path, headers, body: other })).toMatchObject({ status: 400 });
    expect(await send(url, { method: 'DELETE', path })).toMatchObject({
      status: 200,
      text: 'backend server unregistered',
    });
    expect(await send(url, { method: 'DELETE', path })).toMatchObject({ status: 404 });
  });
});

it('does not start with itself as a backend', () => {
  const env = { GH_APP_WEBHOOK_SECRET: SECRET, SPRAYPROXY_SERVER_BACKEND: 'http://localhost:8080' };
  expect(() => SprayproxyConfig.of(env)).toThrow('SPRAYPROXY_SERVER_BACKEND');
});
