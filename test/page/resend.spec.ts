import { createHash, randomUUID } from 'node:crypto';

import { newForward } from '../../src/model/forward.js';
import { BackendServer } from '../support/backend-server.js';
import { githubHeaders } from '../support/send-webhook.js';
import { openBuilt } from '../support/spool/open-built.js';
import { makeTempDir } from '../support/temp-dir.js';
import { openPage, sharedBrowser } from './support/browser.js';
import { payloadOf, startService } from './support/service.js';

const browser = sharedBrowser();

const COUNT = 2000;

/** A spool in which so many deliveries are dead for a backend, as after an outage of days. */
async function spoolOfDead(backend: string, count: number): Promise<string> {
  const dir = makeTempDir();
  const spool = await openBuilt({ dir, maxBytes: 1e9 });
  const forward = {
    ...newForward(backend),
    state: 'dead' as const,
    reason: 'owed for longer than it is sent',
  };
  const payload = Buffer.from(payloadOf('octocat/one'));
  const payloadDigest = createHash('sha256').update(payload).digest('base64');
  const storeOne = () => {
    const guid = randomUUID();
    const headers = githubHeaders(payload, 'push', guid);
    const delivery = {
      guid,
      event: 'push',
      repository: 'octocat/one',
      receivedAt: Date.now(),
      query: '',
      rawHeaders: Object.entries(headers).flat(),
      payloadBytes: payload.length,
      payloadDigest,
    };
    return spool.store({ delivery, forwards: [forward] }, payload);
  };
  await Promise.all(Array.from({ length: count }, storeOne));
  await spool.close();
  return dir;
}

it('sends 2,000 dead again, and shows how far it is', async () => {
  const backend = await BackendServer.start(202);
  const { url } = await startService(await spoolOfDead(backend.url, COUNT), [backend.url]);
  const page = await openPage(browser(), `${url}/deliveries`);
  await page.getByRole('link', { name: `2,000 dead at ${backend.host}` }).waitFor();

  await page.getByRole('button', { name: `Send the dead again to ${backend.host}` }).click();
  await page.getByText('2,000 forwards of 2,000 deliveries will be sent again.').waitFor();
  expect(backend.received).toEqual([]);
  await page.getByRole('button', { name: 'Send again', exact: true }).click();

  const operation = page.getByRole('article', { name: 'Sends again what is dead' });
  await operation.getByRole('progressbar').waitFor();
  await operation.getByText('done', { exact: true }).waitFor();
  await operation.getByText(/2,000 of 2,000 forwards .* from [\d:]+ to [\d:]+/).waitFor();
  await page.getByText('2,000 dead').waitFor({ state: 'detached' });
  expect(new Set(backend.received.map(({ headers }) => headers['x-github-delivery'])).size).toBe(COUNT);
  expect(backend.received).toHaveLength(COUNT);
  await operation.getByRole('button', { name: 'Dismiss' }).click();
  await operation.waitFor({ state: 'detached' });
});

it('stops in the middle when it is cancelled, which another page sees', async () => {
  const answers: (() => void)[] = [];
  let held = true;
  const backend = await BackendServer.start((_request, response) => {
    const answer = () => response.writeHead(202).end();
    if (held) answers.push(answer);
    else answer();
  });
  const { url } = await startService(await spoolOfDead(backend.url, 300), [backend.url]);
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries&state=dead`);
  const other = await openPage(browser(), `${url}/deliveries`);

  await page.getByRole('button', { name: 'Send all of these again' }).click();
  await page.getByText('300 forwards').waitFor();
  await page.getByRole('button', { name: 'Send again', exact: true }).click();
  await backend.receive(1);
  await other.getByRole('button', { name: 'Cancel' }).click();
  await other.getByText('cancelled', { exact: true }).waitFor();
  held = false;
  for (const answer of answers) answer();
  await page
    .getByRole('article', { name: 'Sends again what is dead' })
    .getByText('cancelled', { exact: true })
    .waitFor();
  expect(backend.received.length).toBeLessThan(300);
});

it('leaves the latest three that have ended, until they are dismissed', async () => {
  const { url } = await startService(makeTempDir(), []);
  const page = await openPage(browser(), `${url}/deliveries`);
  const ended = page.getByRole('article', { name: 'Sends again' });
  for (const event of ['one', 'two', 'three', 'four']) {
    await fetch(`${url}/deliveries/attempts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ event }),
    });
    await ended.filter({ hasText: event }).getByText('done', { exact: true }).waitFor();
  }
  const events = async () => (await ended.allTextContents()).map((text) => /event (\w+)/.exec(text)?.[1]);
  expect(await events()).toEqual(['four', 'three', 'two']);
  await ended.first().getByRole('button', { name: 'Dismiss' }).click();
  await ended.filter({ hasText: 'four' }).waitFor({ state: 'detached' });
  expect(await events()).toEqual(['three', 'two']);
});
