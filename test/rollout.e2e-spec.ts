import { randomUUID } from 'node:crypto';
import { Agent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

import { BackendServer } from './support/backend-server.js';
import { onCleanup } from './support/cleanup.js';
import { fixture } from './support/fixture.js';
import { githubHeaders, send } from './support/send-webhook.js';
import { startSprayproxy } from './support/start-sprayproxy.js';

const PAYLOAD = '{"zen":"Approachable is better than simple."}';
const WEBHOOKS = 2000;
/** Some 125 a second. */
const EVERY_MS = 8;
const STOPPED_AFTER = 100;
/** Routers of real clusters have taken up to 8 s. */
const FORGETS_AFTER_MS = 8000;

/** Too short for such a router: it is up to the program to notice that webhooks still come. */
const ENV = {
  SPRAYPROXY_SHUTDOWN_DELAY: '7s',
  SPRAYPROXY_WEBHOOK_HOST: '127.0.0.1',
  SPRAYPROXY_WEBHOOK_PORT: '0',
  SPRAYPROXY_WEBHOOK_CERT: fixture('localhost-cert.pem'),
  SPRAYPROXY_WEBHOOK_KEY: fixture('localhost-key.pem'),
};

it('no webhook is lost while one of two replicas ends, and the router forgets it late', async () => {
  const backend = await BackendServer.start(202);
  const replicas = await Promise.all(
    [0, 1].map(async () => {
      const { program } = await startSprayproxy({ backends: [backend.url], env: ENV });
      const { webhookPort } = await program.logged('listening');
      return { program, url: `https://127.0.0.1:${String(webhookPort)}` };
    }),
  );
  // It keeps its connections, as routers do, and tries nothing twice.
  const agent = new Agent({ keepAlive: true });
  onCleanup(() => {
    agent.destroy();
  });
  const members = [...replicas];
  const stopping = replicas[0];
  const answers = new Map<string, number>();
  const sending: Promise<void>[] = [];
  for (let sent = 0; sent < WEBHOOKS; sent += 1) {
    if (sent === STOPPED_AFTER) {
      stopping?.program.process.kill('SIGTERM');
      setTimeout(() => members.shift(), FORGETS_AFTER_MS);
    }
    const member = members[sent % members.length];
    const headers = { ...githubHeaders(PAYLOAD, 'push', randomUUID()), 'Content-Length': PAYLOAD.length };
    const sendOne = send(member?.url ?? '', {
      method: 'POST',
      path: '/proxy',
      body: PAYLOAD,
      headers,
      agent,
    });
    sending.push(
      sendOne
        .then(
          ({ status }) => String(status),
          (error: unknown) => String(error),
        )
        .then((answer) => {
          answers.set(answer, (answers.get(answer) ?? 0) + 1);
        }),
    );
    await delay(EVERY_MS);
  }
  await Promise.all(sending);

  expect(Object.fromEntries(answers)).toEqual({ 200: WEBHOOKS });
  expect(new Set(backend.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(WEBHOOKS);
  expect(await stopping?.program.exited).toBe(0);
});
