import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';

import { SprayproxyConfig } from '../src/config/sprayproxy-config.js';
import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { onCleanup } from './support/cleanup.js';
import { fixture } from './support/fixture.js';
import { ProxyServer } from './support/proxy-server.js';
import { callCommand } from './support/run-command.js';
import { scrape } from './support/metrics.js';
import { sendWebhook } from './support/send-webhook.js';
import { SECRET, startSprayproxy } from './support/start-sprayproxy.js';
import { useTempDir } from './support/temp-dir.js';

const PAYLOAD = '{"zen":"Design for failure."}';
const dir = useTempDir();
const portOf = (backend: BackendServer) => new URL(backend.url).port;

async function checkWay(env: Readonly<Record<string, string>>): Promise<string> {
  const { out } = await callCommand({ GH_APP_WEBHOOK_SECRET: SECRET, ...env }, 'check');
  return out;
}

describe('a proxy of the environment', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('gets by %s what is for backends with http://', async (variable) => {
    const [backend, proxy] = [await BackendServer.start(202), await ProxyServer.start()];
    const target = `http://backend.example:${portOf(backend)}`;
    const env = { [variable]: `http://user:p%40ss@127.0.0.1:${proxy.port}` };
    const { url } = await bootSprayproxy({ backends: [`${target}/hook`], env });
    expect(await sendWebhook(url, PAYLOAD, { path: '/proxy?a=b' })).toMatchObject({ status: 200 });
    expect(backend.received).toMatchObject([
      { target: '/hook?a=b', headers: { host: `backend.example:${portOf(backend)}` } },
    ]);
    expect(backend.received[0]?.body.toString()).toBe(PAYLOAD);
    expect(proxy.asked).toEqual([`POST ${target}/hook?a=b`]);
    // printf user:p@ss | base64
    expect(proxy.authorizations).toEqual(['Basic dXNlcjpwQHNz']);

    const out = await checkWay({ ...env, SPRAYPROXY_SERVER_BACKEND: target });
    expect(out).toContain(`by way of ${proxy.url} (${variable})`);
    expect(out).not.toContain('p%40ss');
    expect(proxy.asked.at(-1)).toBe(`GET ${target}/`);
  });

  it('connects to backends with https:// without reading what is sent', async () => {
    const backend = await BackendServer.startTls('elsewhere-cert.pem', 202);
    const proxy = await ProxyServer.start();
    const target = `https://elsewhere.example:${portOf(backend)}`;
    const env = { HTTPS_PROXY: proxy.url, SPRAYPROXY_BACKEND_CA_FILE: fixture('elsewhere-cert.pem') };
    const { url } = await bootSprayproxy({ backends: [target], env });
    for (let n = 0; n < 2; n += 1) expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 200 });
    expect(backend.received).toHaveLength(2);
    expect(proxy.asked).toEqual([`CONNECT elsewhere.example:${portOf(backend)}`]);
    const out = await checkWay({ ...env, SPRAYPROXY_SERVER_BACKEND: target });
    expect(out).toContain(`connected by ${proxy.url} (HTTPS_PROXY)`);
  });

  it('is not asked for what is on this host', async () => {
    const [backend, proxy] = [await BackendServer.start(202), await ProxyServer.start()];
    const env = { HTTP_PROXY: proxy.url };
    const { url } = await bootSprayproxy({ backends: [backend.url], env });
    expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 200 });
    expect(proxy.asked).toEqual([]);
  });

  it.each([
    [{ HTTPS_PROXY: 'socks5://127.0.0.1:1080' }, 'HTTPS_PROXY must be the URL of a proxy'],
    [{ http_proxy: 'http://' }, 'http_proxy must be the URL of a proxy'],
    [{ NODE_EXTRA_CA_CERTS: '/nowhere.pem' }, 'NODE_EXTRA_CA_CERTS must name a file'],
    [{ SPRAYPROXY_BACKEND_CA_FILE: fixture('localhost-key.pem') }, 'SPRAYPROXY_BACKEND_CA_FILE must name a'],
    [{ SPRAYPROXY_BACKEND_CLIENT_CERT: fixture('localhost-cert.pem') }, 'must be set together'],
  ])('%j is a fault by name', (env, fault) => {
    expect(() => SprayproxyConfig.of({ GH_APP_WEBHOOK_SECRET: SECRET, ...env })).toThrow(fault);
  });
});

const TRUSTED = { SPRAYPROXY_BACKEND_CA_FILE: fixture('localhost-cert.pem') };
const CLIENT = {
  SPRAYPROXY_BACKEND_CLIENT_CERT: fixture('localhost-cert.pem'),
  SPRAYPROXY_BACKEND_CLIENT_KEY: fixture('localhost-key.pem'),
};

/** A backend that talks to those only who show it a certificate. */
async function startDemandingBackend(): Promise<string> {
  const [cert, key] = ['localhost-cert.pem', 'localhost-key.pem'].map((name) => readFileSync(fixture(name)));
  const server = createTlsServer({ cert, key, ca: cert, requestCert: true, rejectUnauthorized: true });
  server.on('request', (_request, response) => response.writeHead(202).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    server.closeAllConnections();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('the files of TLS', () => {
  it('with authorities are added to the known ones, and read again; a bad one changes nothing', async () => {
    const caFile = join(dir.path, 'ca.pem');
    copyFileSync(fixture('elsewhere-cert.pem'), caFile);
    const backend = await BackendServer.startTls('localhost-cert.pem', 202);
    const env = { SPRAYPROXY_BACKEND_CA_FILE: caFile };
    const { url, program, metricsUrl } = await bootSprayproxy({ backends: [backend.url], env });
    expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 502 });
    writeFileSync(caFile, readFileSync(fixture('localhost-cert.pem')));
    await program.logged('certificates for backends read again');
    expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 200 });
    writeFileSync(caFile, 'no certificate');
    await program.line(({ level, msg }) => level === 'error' && msg.includes('stays in use'));
    const failures = (await scrape(metricsUrl)).get(
      'sprayproxy_reload_failures_total{variable="SPRAYPROXY_BACKEND_CA_FILE",reason="unusable"}',
    );
    expect(failures).toBe(1);
    expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 200 });
  });

  it.each([
    ['shown', 200],
    ['not shown', 502],
  ])('with a client certificate are %s to the backend that asks for one: %d', async (how, status) => {
    const target = await startDemandingBackend();
    const env = how === 'shown' ? { ...TRUSTED, ...CLIENT } : TRUSTED;
    const { url } = await bootSprayproxy({ backends: [target], env });
    expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status });
  });

  it('with a client certificate are shown by the check too', async () => {
    const target = await startDemandingBackend();
    const out = await checkWay({ ...TRUSTED, ...CLIENT, SPRAYPROXY_SERVER_BACKEND: target });
    expect(out).toContain(`${target}: 202`);
  });
});

describe('names', () => {
  it('that no resolver answers, 24 of them, delay no healthy backend', async () => {
    const pipe = join(dir.path, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const backend = await BackendServer.start(202);
    const silent = Array.from({ length: 24 }, (_, n) => `http://${n}.silent.example`);
    const { url, program } = await startSprayproxy({
      backends: [...silent, `http://localhost:${portOf(backend)}`],
      env: { TEST_PIPE: pipe, NODE_OPTIONS: `--require ${fixture('silent-dns.js')}` },
    });
    // Nobody waits for these answers: the program ends before.
    for (let n = 0; n < 2; n += 1) sendWebhook(url, PAYLOAD).catch(() => undefined);
    await backend.receive(2);
    await program.kill();
  });
});
