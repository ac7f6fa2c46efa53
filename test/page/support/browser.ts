import { type Browser, chromium, type ConsoleMessage, type Page } from 'playwright-core';

import { onCleanup, sharedByTests } from '../../support/cleanup.js';

/** Debian's, or another that the variable names. */
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** A machine that is busy with other things is slow; what hangs is ended by the test's own limit. */
const PATIENCE_MS = 60_000;

/** What is said of every answer that is no success: tests have some on purpose. */
const FAILED_REQUEST = 'Failed to load resource';

/** One for all tests of a file. It ends with them. */
export const sharedBrowser = (): (() => Browser) =>
  sharedByTests(async () => {
    const browser = await chromium.launch({ executablePath: EXECUTABLE });
    onCleanup(() => browser.close());
    return browser;
  });

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/**
 * Opens a page of the service in a profile of its own, which ends with the test. The test fails if meanwhile a script failed,
 * the browser complained of something, such as a breach of the policy, a dialog of a script came up, or anybody else was asked.
 */
export async function openPage(
  browser: Browser,
  url: string,
  { colorScheme = 'light', width = 1200, height = 800 }: PageOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height } });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (isComplaint(message)) faults.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const { origin } = new URL(url);
  page.on('request', (request) => {
    const asked = new URL(request.url()).origin;
    if (asked !== origin) faults.push(`asked ${request.url()}`);
  });
  onCleanup(async () => {
    await context.close();
    expect(faults).toEqual([]);
  });
  await page.goto(url);
  return page;
}

const isComplaint = (message: ConsoleMessage): boolean =>
  ['error', 'warning'].includes(message.type()) && !message.text().startsWith(FAILED_REQUEST);
