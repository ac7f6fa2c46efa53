import express, { type Request, type Response } from 'express';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { onCleanup } from '../../test/support/cleanup.js';
import { type PageFile, type PageFiles } from './page-files.js';
import { ServePageMiddleware } from './serve-page.middleware.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

const file = (type: string, text: string): PageFile => ({
  type,
  bytes: Buffer.from(text),
  gzipped: gzipSync(text),
});

const FILES: Readonly<Record<string, PageFile>> = {
  'index.html': file('text/html', 'page'),
  'assets/index-abc.js': file('text/javascript', 'script'),
};

/** @returns the URL of a server of the page, which says `the list` where the page is not served */
async function serve(files = FILES): Promise<string> {
  const middleware = new ServePageMiddleware({ get: (name: string) => files[name] } as PageFiles);
  const app = express();
  app.use((request: Request, response: Response, next) => {
    middleware.use(request, response, next);
  });
  app.use((_request: Request, response: Response) => {
    response.end('the list');
  });
  const server = app.listen(0, '127.0.0.1');
  onCleanup(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What the page's server says, kept apart from the paths that are described. */
const ask = async (url: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
  (await fetch(url + path, { headers })).text();

describe('at /deliveries', () => {
  it.each([BROWSER, 'text/html', 'text/html, application/json;q=0.9', 'text/html,*/*;q=0.8'])(
    'who would rather have HTML gets the page, whatever the query: %s',
    async (accept) => {
      const url = await serve();
      expect(await ask(url, '/deliveries', { Accept: accept })).toBe('page');
      expect(await ask(url, '/deliveries?state=dead&view=x', { Accept: accept })).toBe('page');
    },
  );

  it.each([
    '*/*',
    'application/json',
    'application/json, text/html',
    'text/html;q=0.5, application/json',
    'image/png',
    '',
  ])('everybody else gets the list: %j', async (accept) => {
    expect(await ask(await serve(), '/deliveries', { Accept: accept })).toBe('the list');
  });

  it('everybody gets the list where no page was built', async () => {
    expect(await ask(await serve({}), '/deliveries', { Accept: BROWSER })).toBe('the list');
  });
});

describe('what the page asks for', () => {
  it('is there by its name alone, and for ever', async () => {
    const url = await serve();
    const { headers } = await fetch(`${url}/deliveries/assets/index-abc.js`, {
      headers: { 'Accept-Encoding': 'identity' },
    });
    expect(headers.get('content-type')).toBe('text/javascript');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-encoding')).toBeNull();
    expect(await ask(url, '/deliveries/assets/index-abc.js')).toBe('script');
    for (const path of ['/deliveries/assets/other.js', '/deliveries/assets/..%2findex.html']) {
      expect({ path, text: await ask(url, path) }).toEqual({ path, text: 'the list' });
    }
  });

  it('is compressed for who can read that', async () => {
    const response = await fetch(`${await serve()}/deliveries/assets/index-abc.js`);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe('script');
  });
});
