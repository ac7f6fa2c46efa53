import { BackendServer } from '../support/backend-server.js';
import { sendWebhook } from '../support/send-webhook.js';
import { useTempDir } from '../support/temp-dir.js';
import { openPage, sharedBrowser } from './support/browser.js';
import { payloadOf, startService } from './support/service.js';

const browser = sharedBrowser();
const dir = useTempDir();

const CAUSE = 'admission webhook "quota" denied the request: no more pods';

it('leads from the backend by a delivery to the cause in three clicks', async () => {
  const good = await BackendServer.start(202);
  const faulty = await BackendServer.start((_request, response) => response.writeHead(500).end(CAUSE));
  const { url } = await startService(dir.path, [good.url, faulty.url]);
  for (const repository of ['octocat/one', 'octocat/two']) {
    expect((await sendWebhook(url, payloadOf(repository))).status).toBe(202);
  }
  const page = await openPage(browser(), `${url}/deliveries`);

  await page.getByRole('link', { name: `2 dead at ${faulty.host}` }).click();
  expect(new URL(page.url()).search).toBe(
    `?view=deliveries&backend=${encodeURIComponent(faulty.url)}&state=dead`,
  );
  await page.getByRole('link', { name: 'octocat/two' }).click();
  const forward = page.getByRole('article', { name: faulty.host });
  await forward.getByText('outcome unknown 1 time: the backend may have taken it').waitFor();
  await forward.getByText('answered 500').waitFor();
  await forward.getByText(CAUSE).waitFor();

  await page.getByRole('article', { name: good.host }).getByText('answered 202').waitFor();
});

it('sends a delivery again, and discards one, when that is confirmed', async () => {
  const faulty = await BackendServer.start(500, 500, 202);
  const { url } = await startService(dir.path, [faulty.url]);
  for (const repository of ['octocat/one', 'octocat/two']) await sendWebhook(url, payloadOf(repository));
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries`);
  const forward = page.getByRole('article', { name: faulty.host });

  await page.getByRole('link', { name: 'octocat/one' }).click();
  await forward.getByText('dead', { exact: true }).waitFor();
  await page.getByRole('button', { name: `Send again to ${faulty.host}` }).click();
  expect(faulty.received).toHaveLength(2);
  await page.getByRole('button', { name: 'Send again', exact: true }).click();
  await forward.getByText('answered 202').waitFor();
  expect(faulty.received).toHaveLength(3);

  await page.goBack();
  await page.getByRole('link', { name: 'octocat/two' }).click();
  await page.getByRole('button', { name: `Discard at ${faulty.host}` }).click();
  await page.getByRole('button', { name: 'Leave it' }).click();
  await forward.getByText('dead', { exact: true }).waitFor();
  await page.getByRole('button', { name: `Discard at ${faulty.host}` }).click();
  await page.getByRole('button', { name: 'Discard', exact: true }).click();
  await page.getByText('It may have been forgotten').or(page.getByText('not kept any more')).waitFor();
  expect(faulty.received).toHaveLength(3);
});

it('says that a paused backend is sent it later, and not that it is sent it now', async () => {
  const faulty = await BackendServer.start(500);
  const { url } = await startService(dir.path, [faulty.url]);
  await sendWebhook(url, payloadOf('octocat/one'));
  const paused = await fetch(`${url}/deliveries/backends/pause`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ backend: faulty.url }),
  });
  expect(paused.ok).toBe(true);
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries`);
  await page.getByRole('link', { name: 'octocat/one' }).click();
  await page.getByRole('article', { name: faulty.host }).getByText('paused', { exact: true }).waitFor();
  await page.getByRole('button', { name: `Send again to ${faulty.host}` }).click();
  await page.getByText(`It is sent again to ${faulty.host} when the pause there is over.`).waitFor();
  expect(await page.getByText(`It is sent again to ${faulty.host}.`).count()).toBe(0);
});

it('copies the GUID, and can be used without a mouse', async () => {
  const backend = await BackendServer.start(202);
  const { url } = await startService(dir.path, [backend.url]);
  const guid = '72d3162e-cc78-11e3-81ab-4c9367dc0958';
  await sendWebhook(url, payloadOf('octocat/one'), { guid });
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries`);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('link', { name: guid }).waitFor();

  const focused = page.locator(':focus');
  await page.keyboard.press('Tab');
  expect(await focused.textContent()).toBe('Skip to content');
  await page.keyboard.press('Enter');
  // Filters, their button and the box to follow come first.
  for (;;) {
    await page.keyboard.press('Tab');
    if ((await focused.getAttribute('class')) === 'row') break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Copy GUID' }).waitFor();
  expect(await focused.getAttribute('id')).toBe('main');
  await page.getByRole('button', { name: 'Copy GUID' }).press('Enter');
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(guid);
});
