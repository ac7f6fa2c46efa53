import { type Page } from 'playwright-core';

import { BackendServer } from '../support/backend-server.js';
import { sendWebhook } from '../support/send-webhook.js';
import { useTempDir } from '../support/temp-dir.js';
import { openPage, sharedBrowser } from './support/browser.js';
import { payloadOf, startService } from './support/service.js';

const browser = sharedBrowser();
const dir = useTempDir();

const rowOf = (page: Page, repository: string) => page.getByRole('link', { name: repository });
const sendMany = async (url: string, from: number, to: number) => {
  for (let n = from; n <= to; n += 1) await sendWebhook(url, payloadOf(`octocat/r${n}.`));
};
const topOf = async (page: Page, repository: string) =>
  (await rowOf(page, repository).boundingBox())?.y ?? NaN;

it('shows what comes in, and what becomes of it, by itself', async () => {
  let status = 503;
  const backend = await BackendServer.start((_request, response) => response.writeHead(status).end());
  const { url } = await startService(dir.path, [backend.url]);
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries`);
  await page.getByText('No delivery is known').waitFor();

  await sendWebhook(url, payloadOf('octocat/one'));
  await rowOf(page, 'octocat/one').getByText('owed').waitFor();
  status = 202;
  await rowOf(page, 'octocat/one').getByText('accepted').waitFor();
});

it('asks again only for what has changed', async () => {
  const { url } = await startService(dir.path, []);
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries`);
  await page.getByText('No delivery is known').waitFor();
  const response = await page.waitForResponse((each) => each.status() === 304);
  expect(response.request().headers()['if-none-match']).toMatch(/^(W\/)?"/);
});

it('goes on to the oldest while somebody scrolls, and leaves what is read where it is', async () => {
  const backend = await BackendServer.start(202);
  const { url } = await startService(dir.path, [backend.url]);
  await sendMany(url, 1, 120);
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries`);
  await rowOf(page, 'octocat/r120.').waitFor();
  expect(await rowOf(page, 'octocat/r1.').count()).toBe(0);
  while ((await page.getByText('These are all.').count()) === 0) {
    await page.locator('.end').scrollIntoViewIfNeeded();
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await rowOf(page, 'octocat/r1.').waitFor();

  await rowOf(page, 'octocat/r60.').scrollIntoViewIfNeeded();
  const before = await topOf(page, 'octocat/r60.');
  await sendMany(url, 121, 123);
  await rowOf(page, 'octocat/r123.').waitFor({ state: 'attached' });
  expect(Math.abs((await topOf(page, 'octocat/r60.')) - before)).toBeLessThan(2);
  expect(await page.locator('.row').count()).toBe(123);

  await rowOf(page, 'octocat/r60.').click();
  await page.getByRole('heading', { name: 'octocat/r60.' }).waitFor();
  await page.goBack();
  await rowOf(page, 'octocat/r60.').waitFor();
  expect(Math.abs((await topOf(page, 'octocat/r60.')) - before)).toBeLessThan(2);
});

it('lets new ones wait for who does not follow', async () => {
  const backend = await BackendServer.start(202);
  const { url } = await startService(dir.path, [backend.url]);
  await sendMany(url, 1, 1);
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries`);
  await rowOf(page, 'octocat/r1.').waitFor();
  await page.getByLabel('Follow').uncheck();
  await sendMany(url, 2, 3);
  await page.getByRole('button', { name: 'Show 2 new' }).waitFor();
  expect(await page.locator('.row').count()).toBe(1);
  await page.getByRole('button', { name: 'Show 2 new' }).click();
  await rowOf(page, 'octocat/r3.').waitFor();
});

it('has its filters in the address', async () => {
  const backend = await BackendServer.start(202, 500, 202);
  const { url } = await startService(dir.path, [backend.url]);
  await sendMany(url, 1, 3);
  const page = await openPage(browser(), `${url}/deliveries?state=dead`);
  await rowOf(page, 'octocat/r2.').waitFor();
  expect(await page.locator('.row').count()).toBe(1);
  const many = page.getByRole('button', { name: 'all of these' });
  await many.first().waitFor();
  expect(await many.count()).toBe(2);
  await page.getByLabel('State').selectOption('accepted');
  await rowOf(page, 'octocat/r3.').waitFor();
  expect(await many.count()).toBe(0);
  await page.getByLabel('Repository').fill('octocat/r1.');
  await page.getByLabel('Repository').press('Enter');
  await rowOf(page, 'octocat/r3.').waitFor({ state: 'detached' });
  await rowOf(page, 'octocat/r1.').waitFor();
  expect(new URL(page.url()).search).toBe('?view=deliveries&state=accepted&repository=octocat%2Fr1.');

  const colleague = await openPage(browser(), page.url());
  await rowOf(colleague, 'octocat/r1.').waitFor();
  expect(await colleague.locator('.row').count()).toBe(1);
  expect(await colleague.getByLabel('Repository').inputValue()).toBe('octocat/r1.');

  await page.goBack();
  await rowOf(page, 'octocat/r3.').waitFor();
  await page.getByLabel('State').selectOption('dead');
  await many.first().waitFor();
  await page.getByLabel('Since').fill('yesterday');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText('The service refuses this: since must be a time').waitFor();
  expect(await many.count()).toBe(0);
});
