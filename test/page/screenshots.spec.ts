import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page } from 'playwright-core';

import { ROOT } from '../../testing/paths.js';
import { BackendServer } from '../support/backend-server.js';
import { fixture } from '../support/fixture.js';
import { sendWebhook } from '../support/send-webhook.js';
import { makeTempDir, useTempDir } from '../support/temp-dir.js';
import { openPage, sharedBrowser } from './support/browser.js';
import { payloadOf, startService } from './support/service.js';

const browser = sharedBrowser();
const dir = useTempDir();

const MAX_BYTES = 150 * 1024;
const { SCREENSHOTS } = process.env;

const EVENTS = ['push', 'pull_request', 'issue_comment', 'check_run'];
const REPOSITORIES = ['octo-org/shop', 'octo-org/payments', 'octocat/hello-world'];
const CAUSE = '{"error":"admission webhook \\"quota.example.com\\" denied the request: exceeded quota"}';

/** In the directory that the variable names, or only tried. */
async function picture(page: Page, name: string): Promise<void> {
  const directory = SCREENSHOTS === undefined ? makeTempDir() : join(ROOT, SCREENSHOTS);
  const png = await page.screenshot();
  expect(png.length).toBeLessThanOrEqual(MAX_BYTES);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), png);
}

it('pictures of a run with faults show backends, deliveries and one of them', async () => {
  const good = await BackendServer.start(202);
  const faulty = await BackendServer.start((_request, response) => {
    const fails = faulty.received.length % 3 === 0;
    response.writeHead(fails ? 500 : 202).end(fails ? CAUSE : '');
  });
  const gone = await BackendServer.start();
  await gone.stop();
  const named = (name: string, { port }: { readonly port: number }) => `http://${name}.test:${port}`;
  const portOf = ({ host }: BackendServer) => ({ port: Number(host.split(':')[1]) });
  const { url } = await startService(
    dir.path,
    [named('amsterdam', portOf(good)), named('boston', portOf(faulty)), named('chennai', portOf(gone))],
    { NODE_OPTIONS: `--require ${fixture('named-backends-dns.js')}` },
  );
  for (let n = 0; n < 24; n += 1) {
    const repository = REPOSITORIES[n % REPOSITORIES.length] ?? '';
    await sendWebhook(url, payloadOf(repository), { event: EVENTS[n % EVENTS.length] ?? '' });
  }

  const page = await openPage(browser(), `${url}/deliveries`, { width: 1100, height: 620 });
  await page.getByRole('article', { name: 'chennai.test' }).getByText('down', { exact: true }).waitFor();
  await picture(page, 'page-lanes.png');
  await page.getByRole('link', { name: 'Deliveries', exact: true }).click();
  await page.locator('.row').nth(20).waitFor({ state: 'attached' });
  await page.setViewportSize({ width: 1100, height: 480 });
  await picture(page, 'page-deliveries.png');

  const dark = await openPage(browser(), `${url}/deliveries?state=dead`, {
    colorScheme: 'dark',
    width: 1100,
    height: 760,
  });
  await dark.locator('.row').first().click();
  await dark.getByText('exceeded quota').waitFor();
  await picture(dark, 'page-delivery.png');
});
