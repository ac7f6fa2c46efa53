import { type Page } from 'playwright-core';

import { BackendServer } from '../support/backend-server.js';
import { sharedPostgres } from '../support/postgres/start-postgres.js';
import { ReplicaSet } from '../support/replicas/replica-set.js';
import { sendWebhook } from '../support/send-webhook.js';
import { openPage, sharedBrowser } from './support/browser.js';
import { payloadOf } from './support/service.js';

const browser = sharedBrowser();
const postgres = sharedPostgres();

const stateOf = (page: Page, host: string, state: string) =>
  page.getByRole('article', { name: host }).getByText(state, { exact: true });

it('pauses a backend and resumes it, which a second replica sees', async () => {
  const backend = await BackendServer.start(202);
  const replicas = await ReplicaSet.start(await postgres().freshDatabase(), { backends: [backend.url] });
  const [here, there] = [
    await openPage(browser(), `${replicas.url(0)}/deliveries`),
    await openPage(browser(), `${replicas.url(1)}/deliveries`),
  ];
  await stateOf(there, backend.host, 'up').waitFor();

  await here.getByRole('button', { name: `Pause ${backend.host}` }).click();
  await here.getByLabel('For how long').selectOption('until it is resumed');
  await here.getByLabel('Why').fill('its cluster is <being> upgraded');
  await here.getByRole('button', { name: 'Pause', exact: true }).click();
  for (const page of [here, there]) {
    await stateOf(page, backend.host, 'paused').waitFor();
    await page.getByText('its cluster is <being> upgraded').waitFor();
  }

  expect((await sendWebhook(replicas.url(1), payloadOf('octocat/one'))).status).toBe(202);
  await there.getByRole('link', { name: `1 owed at ${backend.host}` }).waitFor();
  expect(backend.received).toEqual([]);

  await there.getByRole('button', { name: `Resume ${backend.host}` }).click();
  for (const page of [there, here]) await stateOf(page, backend.host, 'up').waitFor();
  await backend.receive(1);
  await there.getByRole('link', { name: `1 owed at ${backend.host}` }).waitFor({ state: 'detached' });
});
