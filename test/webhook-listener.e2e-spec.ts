import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';

import { BackendServer } from './support/backend-server.js';
import { bootSprayproxy } from './support/boot.js';
import { fixture } from './support/fixture.js';
import { scrape } from './support/metrics.js';
import { head, RawConnection } from './support/raw-connection.js';
import { githubHeaders, send, sendWebhook } from './support/send-webhook.js';
import { startSprayproxy } from './support/start-sprayproxy.js';
import { makeTempDir } from './support/temp-dir.js';

const PAYLOAD = '{"zen":"Approachable is better than simple."}';

const WITHOUT_TLS = { SPRAYPROXY_WEBHOOK_HOST: '127.0.0.1', SPRAYPROXY_WEBHOOK_PORT: '0' };
const WITH_TLS = {
  ...WITHOUT_TLS,
  SPRAYPROXY_WEBHOOK_CERT: fixture('localhost-cert.pem'),
  SPRAYPROXY_WEBHOOK_KEY: fixture('localhost-key.pem'),
};
const EVERYTHING = {
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
  SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
};

interface Started {
  readonly program: { logged(msg: string): Promise<Readonly<Record<string, unknown>>> };
}

async function webhookPort({ program }: Started): Promise<number> {
  return Number((await program.logged('listening')).webhookPort);
}

describe.each([
  ['http', WITHOUT_TLS],
  ['https', WITH_TLS],
])('by %s', (scheme, env) => {
  it('it takes webhooks as they come, and tells of health', async () => {
    const backend = await BackendServer.start();
    const started = await bootSprayproxy({ backends: [backend.url], env: { ...EVERYTHING, ...env } });
    const url = `${scheme}://127.0.0.1:${await webhookPort(started)}`;

    const reply = await sendWebhook(url, PAYLOAD, { path: '/proxy?a=b' });
    expect(reply).toMatchObject({ status: 200, text: 'proxied' });
    expect(backend.received).toMatchObject([{ target: '/?a=b', body: Buffer.from(PAYLOAD) }]);
    for (const [path, text] of [
      ['/healthz', 'healthy'],
      ['/readyz', 'ready'],
    ] as const) {
      expect(await send(url, { method: 'GET', path })).toMatchObject({ status: 200, text });
      expect(await send(url, { method: 'HEAD', path })).toMatchObject({ status: 200, text: '' });
    }
    expect(await sendWebhook(url, PAYLOAD, { path: 'http://a.example/proxy' })).toMatchObject({
      status: 200,
    });
    expect(await send(url, { method: 'GET', path: 'http://a.example/healthz' })).toMatchObject({
      status: 200,
    });
    const forged = { 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` };
    expect(await sendWebhook(url, PAYLOAD, { headers: forged })).toMatchObject({ status: 400 });
  });

  it('it serves nothing else, and the other listener all', async () => {
    const started = await bootSprayproxy({ env: { ...EVERYTHING, ...env } });
    const url = `${scheme}://127.0.0.1:${await webhookPort(started)}`;
    const notFound = (method: string) => ({
      status: 404,
      text: method === 'HEAD' ? '' : '404 page not found',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });

    const ask = (of: string, method: string, path: string) =>
      send(of, { method, path, headers: { Accept: '*/*' } });
    for (const [method, path, elsewhere] of [
      ['GET', '/', 200],
      ['GET', '/proxy', 200],
      ['HEAD', '/proxy', 200],
      ['GET', '/backends', 200],
      ['GET', '/deliveries', 200],
      ['GET', '/deliveries?limit=1', 200],
      ['GET', '/metrics', 404],
      ['GET', '/proxy/', 404],
      ['GET', '/healthz/', 404],
      ['GET', '/healthz#', 404],
      ['GET', '//healthz', 404],
      ['GET', '/%68ealthz', 404],
      ['GET', 'http://127.0.0.1/deliveries', 200],
      ['GET', 'http://127.0.0.1/healthz/', 404],
      ['OPTIONS', '/healthz', undefined],
      ['OPTIONS', '*', undefined],
      ['PUT', '/proxy', 404],
      ['DELETE', '/healthz', 404],
    ] as const) {
      expect([method, path, await ask(url, method, path)]).toMatchObject([method, path, notFound(method)]);
      if (elsewhere === undefined) continue;
      expect([method, path, await ask(started.url, method, path)]).toMatchObject([
        method,
        path,
        { status: elsewhere },
      ]);
    }
    for (const path of ['/', '/backends', '/deliveries/attempts', '/healthz', '/proxy/', '/Proxy']) {
      expect([path, await sendWebhook(url, PAYLOAD, { path })]).toMatchObject([path, notFound('POST')]);
    }
    expect(await sendWebhook(started.url, PAYLOAD, { path: '/' })).toMatchObject({ status: 200 });
  });

  it('it ends in order with the other: what is in flight is answered, and no new one is taken', async () => {
    let answer: (() => void) | undefined;
    const backend = await BackendServer.start((_request, response) => {
      answer = () => response.writeHead(202).end();
    });
    const started = await startSprayproxy({ backends: [backend.url], env });
    const port = await webhookPort(started);
    const reply = sendWebhook(`${scheme}://127.0.0.1:${port}`, PAYLOAD);
    await backend.receive(1);
    started.program.process.kill('SIGTERM');
    await started.program.logged('shutting down');
    await expect(RawConnection.untilRefused(port)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    answer?.();
    expect(await reply).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect(await started.program.exited).toBe(0);
  });
});

it('a sender that has ended its half hears its answer', async () => {
  const port = await webhookPort(await bootSprayproxy({ env: WITH_TLS }));
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const connection = await RawConnection.openTls(port, { maxVersion, allowHalfOpen: true });
    const headers = { ...githubHeaders(PAYLOAD), 'Content-Length': PAYLOAD.length };
    connection.socket.end(head('POST', '/proxy', headers) + PAYLOAD);
    await connection.receive(/^HTTP\/1.1 200 OK[^]*proxied$/);
    await connection.closed;
  }
});

describe('a stop', () => {
  it.each([
    ['says nothing', (port: number) => RawConnection.openTls(port)],
    ['makes no TLS', (port: number) => RawConnection.open(port)],
  ])('does not wait for a sender that %s', async (_what, connect) => {
    const started = await startSprayproxy({ env: { ...WITH_TLS, SPRAYPROXY_SHUTDOWN_TIMEOUT: '1h' } });
    const connection = await connect(await webhookPort(started));
    const plain = await RawConnection.open(started.port);
    expect(await started.program.stop()).toBe(0);
    await Promise.all([connection.closed, plain.closed]);
    expect(started.program.lines.map(({ msg }) => msg)).not.toContainEqual(
      expect.stringContaining('did not finish in time'),
    );
  });

  it('that cuts off what is in flight ends though somebody makes TLS after that', async () => {
    const started = await startSprayproxy({ env: { ...WITH_TLS, SPRAYPROXY_SHUTDOWN_TIMEOUT: '0s' } });
    const port = await webhookPort(started);
    const raw = await RawConnection.open(port);
    started.program.process.kill('SIGTERM');
    await started.program.logged('shutting down');
    connectTls({ socket: raw.socket, rejectUnauthorized: false }).on('error', () => undefined);
    expect(await started.program.exited).toBe(0);
  });
});

it('counts the senders of both listeners', async () => {
  const started = await bootSprayproxy({ env: WITH_TLS });
  const ours = await RawConnection.open(started.port);
  const theirs = await RawConnection.openTls(await webhookPort(started));
  for (const connection of [ours, theirs]) {
    connection.write(head('GET', '/healthz', {}));
    await connection.receive(/healthy$/);
  }
  expect((await scrape(started.metricsUrl)).get('sprayproxy_connections')).toBe(2);
});

describe('its TLS', () => {
  it('is 1.2 or newer, whatever Node would take, and after a renewal as well', async () => {
    const dir = makeTempDir();
    const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
    copyFileSync(fixture('localhost-cert.pem'), cert);
    copyFileSync(fixture('localhost-key.pem'), key);
    const started = await startSprayproxy({
      env: {
        ...WITHOUT_TLS,
        SPRAYPROXY_WEBHOOK_CERT: cert,
        SPRAYPROXY_WEBHOOK_KEY: key,
        NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=DEFAULT:@SECLEVEL=0',
      },
    });
    const port = await webhookPort(started);
    const by = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      RawConnection.openTls(port, {
        minVersion: version,
        maxVersion: version,
        ciphers: 'DEFAULT:@SECLEVEL=0',
      });
    await expect(by('TLSv1.1')).rejects.toThrow(/alert protocol version/);
    copyFileSync(fixture('expired-cert.pem'), cert);
    await started.program.logged('certificate read again');
    await expect(by('TLSv1.1')).rejects.toThrow(/alert protocol version/);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect(((await by(version)).socket as TLSSocket).getProtocol()).toBe(version);
    }
  });

  it('is not waited for longer than headers are', async () => {
    const started = await bootSprayproxy({ env: WITH_TLS });
    const silent = await RawConnection.open(await webhookPort(started));
    await silent.closed;
    expect(silent.received).toBe('');
    expect(await started.program.logged('a connection came to no TLS')).toMatchObject({ reason: 'timeout' });
    const failed = 'sprayproxy_tls_handshakes_failed_total{reason="timeout"}';
    expect((await scrape(started.metricsUrl)).get(failed)).toBe(1);
  });

  it('is made once on a connection', async () => {
    const port = await webhookPort(await bootSprayproxy({ env: WITH_TLS }));
    const { socket } = await RawConnection.openTls(port, { maxVersion: 'TLSv1.2' });
    const refused = once(socket, 'error');
    (socket as TLSSocket).renegotiate({}, () => undefined);
    expect(await refused).toEqual([
      expect.objectContaining({ message: expect.stringContaining('no renegotiation') as string }),
    ]);
  });

  it('takes up the certificate that is renewed on disk, and none that cannot be used', async () => {
    const dir = makeTempDir();
    const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
    copyFileSync(fixture('localhost-cert.pem'), cert);
    copyFileSync(fixture('localhost-key.pem'), key);
    const env = { ...WITHOUT_TLS, SPRAYPROXY_WEBHOOK_CERT: cert, SPRAYPROXY_WEBHOOK_KEY: key };
    const started = await bootSprayproxy({ env });
    const port = await webhookPort(started);
    const fingerprint = async () => {
      const { socket } = await RawConnection.openTls(port);
      return (socket as TLSSocket).getPeerCertificate().fingerprint256;
    };

    const stays = await RawConnection.openTls(port);
    const first = await fingerprint();
    copyFileSync(fixture('expired-cert.pem'), cert);
    await started.program.logged('certificate read again');
    const second = await fingerprint();
    expect(second).not.toBe(first);
    stays.write(head('GET', '/healthz', {}));
    await stays.receive(/healthy$/);

    copyFileSync(__filename, cert);
    expect(await started.program.line(({ level }) => level === 'error')).toMatchObject({
      reason: 'unusable',
      msg: expect.stringContaining('SPRAYPROXY_WEBHOOK_CERT') as string,
    });
    expect(await fingerprint()).toBe(second);
    const failures = 'sprayproxy_reload_failures_total{variable="SPRAYPROXY_WEBHOOK_CERT",reason="unusable"}';
    expect((await scrape(started.metricsUrl)).get(failures)).toBe(1);
  });
});

it('is no backend of its own', async () => {
  const started = await bootSprayproxy({
    env: { ...EVERYTHING, ...WITH_TLS, SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true' },
  });
  const body = JSON.stringify({ url: `https://127.0.0.1:${await webhookPort(started)}` });
  const headers = { 'Content-Length': body.length };
  expect(await send(started.url, { method: 'POST', path: '/backends', body, headers })).toMatchObject({
    status: 400,
  });
});

it('keeps the intake limits: a payload over the cap is told so before it has come', async () => {
  const env = { ...WITH_TLS, SPRAYPROXY_MAX_REQUEST_SIZE: '100' };
  const port = await webhookPort(await bootSprayproxy({ env }));
  const connection = await RawConnection.openTls(port);
  connection.write(head('POST', '/proxy', { ...githubHeaders(PAYLOAD), 'Content-Length': 101 }));
  await connection.receive(/^HTTP\/1.1 413 [^]*request body too large/);
  await connection.closed;
});
