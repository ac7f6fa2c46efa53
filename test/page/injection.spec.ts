import { type Page } from 'playwright-core';

import { BackendServer } from '../support/backend-server.js';
import { sendWebhook } from '../support/send-webhook.js';
import { useTempDir } from '../support/temp-dir.js';
import { openPage, sharedBrowser } from './support/browser.js';
import { payloadOf, startService } from './support/service.js';

const browser = sharedBrowser();
const dir = useTempDir();

const MARKUP = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  'javascript:alert(1)',
  '<a href="https://elsewhere.example/">click</a>',
  '<svg onload=alert(1)>',
];

/** What markup would have made, and links that lead elsewhere. */
const made = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const within = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
    const links = within('a').filter(
      (link) => !/^(#main|\/deliveries(\?.*)?)$/.test(link.getAttribute('href') ?? ''),
    );
    const others = within('body script, img, iframe, object, embed, [onload], [onerror], [style]');
    return [...links, ...others].map((element) => element.outerHTML);
  });

it.each(MARKUP)('shows %j as text, whoever says it', async (text) => {
  const backend = await BackendServer.start((_request, response) =>
    response.writeHead(500, { 'Content-Type': 'text/html' }).end(`answer ${text}`),
  );
  const { url } = await startService(dir.path, [backend.url]);
  const sent = await sendWebhook(url, payloadOf('octocat/one'), { event: text, guid: `guid ${text}` });
  expect(sent.status).toBe(202);
  const page = await openPage(browser(), `${url}/deliveries`);
  // The service lets no such name in.
  await page.route('**/deliveries?*limit=*', async (route) => {
    const response = await route.fetch();
    const json = (await response.text()).replaceAll(
      'octocat/one',
      JSON.stringify(`repo/${text}`).slice(1, -1),
    );
    await route.fulfill({ response, body: json });
  });

  await page.getByText(`answer ${text}`).waitFor();
  expect(await made(page)).toEqual([]);
  await page.getByRole('link', { name: '1 dead' }).click();
  for (const shown of [text, `repo/${text}`, `guid ${text}`])
    await page.getByText(shown, { exact: true }).waitFor();
  expect(await made(page)).toEqual([]);
  await page.locator('.row').click();
  await page.getByText(`answer ${text}`).waitFor();
  expect(await made(page)).toEqual([]);
});

it.each(MARKUP)('takes %j in the address for what it is', async (text) => {
  const { url } = await startService(dir.path, []);
  const page = await openPage(browser(), `${url}/deliveries?repository=${encodeURIComponent(text)}`);
  await page.getByText('No delivery fits these filters.').waitFor();
  expect(await page.getByLabel('Repository').inputValue()).toBe(text);
  expect(await made(page)).toEqual([]);
  await page.goto(`${url}/deliveries?delivery=${encodeURIComponent(text)}`);
  await page.getByText(`No delivery ${text} is known here.`, { exact: true }).waitFor();
  expect(await made(page)).toEqual([]);
});
