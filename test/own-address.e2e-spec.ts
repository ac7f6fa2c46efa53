import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

import { type CheckReport } from '../src/check/command.js';
import { bootSprayproxy } from './support/boot.js';
import { onCleanup } from './support/cleanup.js';
import { closedPort } from './support/closed-port.js';
import { fixture } from './support/fixture.js';
import { runCommand } from './support/run-command.js';
import { send, sendWebhook, sign } from './support/send-webhook.js';
import { runSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';

const PAYLOAD = '{"zen":"Half measures are as bad as nothing at all."}';
const preload = (name: string) => ({ NODE_OPTIONS: `--require ${fixture(name)}` });

const LISTENERS = ['SPRAYPROXY_SERVER_PORT', 'SPRAYPROXY_SERVER_METRICS_PORT'] as const;

describe.each(LISTENERS)('a backend at the port of %s, by a name that only the DNS knows', (variable) => {
  const environment = async (backend: (port: number) => string) => {
    const port = await closedPort();
    return {
      GH_APP_WEBHOOK_SECRET: SECRET,
      SPRAYPROXY_SERVER_HOST: '127.0.0.1',
      SPRAYPROXY_SERVER_PORT: '0',
      SPRAYPROXY_SERVER_METRICS_PORT: '0',
      [variable]: String(port),
      SPRAYPROXY_SERVER_BACKEND: backend(port),
      ...preload('own-dns.js'),
    };
  };
  const second = (port: number) => `https://pac.invalid http://pac.own.example:${port}/base`;

  it('keeps the program from starting', async () => {
    const program = runSprayproxy(await environment(second));
    expect(await program.exited).toBe(1);
    expect(program.lines).toMatchObject([
      {
        level: 'fatal',
        faults: [expect.stringMatching(/^SPRAYPROXY_SERVER_BACKEND must not .* itself; URL 2:/) as string],
      },
    ]);
  });

  it('is a fault to `check`', async () => {
    const { code, out } = await runCommand(await environment(second), 'check', '--json', '--timeout', '10s');
    expect(code).toBe(1);
    const found = (JSON.parse(out) as CheckReport).results.find(({ subject }) => subject.includes('.own.'));
    expect(found).toMatchObject({
      check: 'dns',
      status: 'fault',
      detail: expect.stringContaining('Sprayproxy itself') as string,
    });
  });

  it('keeps it from starting too where it is its own host that has the name', async () => {
    const program = runSprayproxy({
      ...(await environment((port) => `http://127.0.0.1:${port}`)),
      SPRAYPROXY_SERVER_HOST: 'pac.own.example',
    });
    expect(await program.exited).toBe(1);
    expect(program.lines[0]?.msg).toContain('SPRAYPROXY_SERVER_BACKEND must not');
  });

  it('is none at a neighbouring port', async () => {
    const program = runSprayproxy(
      await environment((port) => `http://pac.own.example:${port === 65_535 ? 1 : port + 1}`),
    );
    await program.logged('listening');
    expect(await program.stop()).toBe(0);
  });
});

describe('a registered backend', () => {
  const DYNAMIC = {
    SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
    SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
  };
  const register = (own: string, url: string) =>
    send(own, { method: 'POST', path: '/backends', body: JSON.stringify({ url }) });

  it.each(['url', 'metricsUrl'] as const)(
    'is not at the %s of the program, by whatever name',
    async (which) => {
      const running = await startSprayproxy({ env: { ...DYNAMIC, ...preload('own-dns.js') } });
      const { port } = new URL(running[which]);
      for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '0.0.0.0', 'pac.own.example']) {
        expect(await register(running.url, `http://${host}:${port}`)).toMatchObject({
          status: 400,
          text: 'url must not be at an address of this program itself',
        });
      }
    },
  );

  it('whose name leads to the program later on is not connected to', async () => {
    const { program, url, port } = await startSprayproxy({
      env: { ...DYNAMIC, ...preload('rebinding-dns.js') },
    });
    expect(await register(url, `http://rebinding.example:${port}`)).toMatchObject({ status: 200 });
    expect(await sendWebhook(url, PAYLOAD)).toMatchObject({ status: 502 });
    expect((await program.logged('delivery failed at a backend')).backends).toMatchObject([
      { outcome: 'refused', error: expect.stringContaining('this program itself') as string },
    ]);
    expect(program.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it.each([
    'https://pac.example:0',
    'https://pac..example',
    `https://${'a'.repeat(64)}.example`,
    `https://${'a.'.repeat(127)}example`,
  ])('is not %s, which nobody could connect to', async (url) => {
    const { url: own } = await bootSprayproxy({ env: DYNAMIC });
    expect(await register(own, url)).toMatchObject({ status: 400 });
  });
});

/** Somebody in front of the program, of whom it does not know: a load balancer. */
async function startRelay(): Promise<{ url: string; leadTo: (port: number) => void }> {
  let target = 0;
  const server = createServer((socket) => {
    const onward = connect(target, '127.0.0.1');
    for (const each of [socket, onward]) each.on('error', () => undefined);
    socket.pipe(onward).pipe(socket);
    socket.once('close', () => onward.destroy());
    onward.once('close', () => socket.destroy());
    onCleanup(() => {
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo: (port) => {
      target = port;
    },
  };
}

it.each([true, false])(
  'a webhook that comes back by a way nobody knows goes round no more than a few times, with a GUID: %j',
  async (named) => {
    const relay = await startRelay();
    const { url, port, program } = await bootSprayproxy({
      backends: [relay.url],
      env: { SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: '100ms' },
    });
    relay.leadTo(port);
    const rounds = async (payload: string, count: number) => {
      const before = failures().length;
      const headers = {
        'X-Hub-Signature-256': sign(payload),
        'Content-Length': payload.length,
        ...(named && { 'X-GitHub-Delivery': randomUUID() }),
      };
      const reply = await send(url, { method: 'POST', path: '/proxy', body: payload, headers });
      expect(reply.status).toBe(502);
      return program.times(before + count, 'delivery failed at a backend');
    };
    const failures = () => program.lines.filter(({ msg }) => msg === 'delivery failed at a backend');
    // The first, and those that come back: all but the last are sent on.
    await rounds(PAYLOAD, 4);
    // Would it go on, it had done so when another has gone round as often.
    await rounds('{"zen":"Speak like a human."}', 4);
    expect(failures()).toHaveLength(8);
  },
);
