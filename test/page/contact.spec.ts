import { freePort } from '../../testing/free-ports.js';
import { BackendServer } from '../support/backend-server.js';
import { sendWebhook } from '../support/send-webhook.js';
import { useTempDir } from '../support/temp-dir.js';
import { openPage, sharedBrowser } from './support/browser.js';
import { payloadOf, startService } from './support/service.js';

const browser = sharedBrowser();
const dir = useTempDir();

it('says that it has lost contact, and since when, and goes on when it is back', async () => {
  const backend = await BackendServer.start(202);
  const port = { SPRAYPROXY_SERVER_PORT: String(await freePort()) };
  const before = await startService(dir.path, [backend.url], port);
  await sendWebhook(before.url, payloadOf('octocat/before'));
  const page = await openPage(browser(), `${before.url}/deliveries?view=deliveries`);
  await page.getByRole('link', { name: 'octocat/before' }).waitFor();

  await before.program.stop();
  const banner = page.getByText('No contact with the service');
  await banner.waitFor();
  expect(await page.getByRole('alert').textContent()).toMatch(/since .*\d\d:\d\d:\d\d \(.* ago\)/);
  // What was seen is still there to be read.
  await page.getByRole('link', { name: 'octocat/before' }).waitFor();

  const after = await startService(dir.path, [backend.url], port);
  await banner.waitFor({ state: 'detached' });
  await sendWebhook(after.url, payloadOf('octocat/after'));
  await page.getByRole('link', { name: 'octocat/after' }).waitFor();
});

it.each([
  [401, 'Unauthorized', 'You are not signed in'],
  [403, 'Forbidden', 'You may not'],
  [404, '404 page not found', 'Not enabled: SPRAYPROXY_SERVER_ENABLE_DELIVERIES=true'],
  [503, 'spool failed', 'The service cannot do this now: spool failed'],
])('says in words what %i means, when a proxy or the service answers so', async (status, body, words) => {
  const { url } = await startService(dir.path, []);
  const page = await openPage(browser(), `${url}/deliveries`);
  await page.getByText('There is no backend').waitFor();
  await page.route('**/deliveries/backends', (route) => route.fulfill({ status, body }));
  await page.getByText(words).waitFor();
  await page.unroute('**/deliveries/backends');
  await page.reload();
  await page.getByText('There is no backend').waitFor();
});

it('says why a delivery cannot be sent again', async () => {
  const backend = await BackendServer.start(500);
  const { url } = await startService(dir.path, [backend.url]);
  await sendWebhook(url, payloadOf('octocat/one'));
  const page = await openPage(browser(), `${url}/deliveries?view=deliveries`);
  await page.getByRole('link', { name: 'octocat/one' }).click();
  await page.getByRole('button', { name: `Send again to ${backend.host}` }).click();
  const [, id] = /delivery=(\d+)/.exec(page.url()) ?? [];
  await fetch(`${url}/deliveries/${String(id)}`, { method: 'DELETE' });
  await page.getByRole('button', { name: 'Send again', exact: true }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  expect(await page.getByRole('dialog').getByRole('alert').textContent()).toMatch(
    /^(This cannot be done|Not found): /,
  );
});
