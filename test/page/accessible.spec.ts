import { type Page } from 'playwright-core';

import { BackendServer } from '../support/backend-server.js';
import { sendWebhook } from '../support/send-webhook.js';
import { useTempDir } from '../support/temp-dir.js';
import { axeFaults, hiddenWidth } from './support/axe.js';
import { openPage, sharedBrowser } from './support/browser.js';
import { payloadOf, startService } from './support/service.js';

const browser = sharedBrowser();
const dir = useTempDir();

const LONG = `octocat/${'a-name-without-an-end-'.repeat(4)}`;
const GONE = '127.0.0.1:9';
const ANSWER = `no ${'x'.repeat(200)}`;

/** Goes to every view and every dialog, and calls `look` at each. */
async function tour(page: Page, host: string, look: (view: string) => Promise<void>): Promise<void> {
  await page.getByRole('link', { name: `dead at ${host}` }).waitFor();
  await look('backends');
  await page.getByRole('button', { name: `Pause ${host}` }).click();
  await look('pause');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: `Pause ${GONE}` }).click();
  await page.getByLabel('Why').fill(LONG);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: `Send the dead again to ${host}` }).click();
  await page.getByText('2 forwards of 2 deliveries').waitFor();
  await look('resend');
  await page.getByRole('button', { name: 'Send again', exact: true }).click();
  await page.getByText('done', { exact: true }).waitFor();
  await look('operation');
  await page.getByRole('link', { name: 'Deliveries', exact: true }).click();
  await page.locator('.row').first().waitFor();
  await look('deliveries');
  await page.locator('.row', { hasText: 'a-name-without-an-end' }).click();
  await page.getByText(ANSWER).last().waitFor();
  await look('delivery');
  await page.getByRole('button', { name: `Discard at ${host}` }).click();
  await look('discard');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Deliveries', exact: true }).click();
  await page.getByLabel('State').selectOption('rejected');
  await page.getByText('No delivery fits these filters.').waitFor();
  await look('empty');
}

it.each([
  ['light', 1200],
  ['dark', 1200],
  ['light', 360],
  ['dark', 360],
] as const)('axe finds nothing, and nothing is cut off: %s, %i px', async (colorScheme, width) => {
  const good = await BackendServer.start(202);
  const faulty = await BackendServer.start((_request, response) => response.writeHead(500).end(ANSWER));
  const { url } = await startService(dir.path, [good.url, faulty.url, `http://${GONE}`]);
  for (const repository of ['octocat/one', LONG]) await sendWebhook(url, payloadOf(repository));
  const page = await openPage(browser(), `${url}/deliveries`, { colorScheme, width });

  const seen: string[] = [];
  await tour(page, faulty.host, async (view) => {
    seen.push(view);
    expect({ view, faults: await axeFaults(page), hidden: await hiddenWidth(page) }).toEqual({
      view,
      faults: [],
      hidden: 0,
    });
  });
  expect(seen).toEqual([
    'backends',
    'pause',
    'resend',
    'operation',
    'deliveries',
    'delivery',
    'discard',
    'empty',
  ]);
});
