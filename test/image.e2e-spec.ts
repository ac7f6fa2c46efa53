import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import description from '../docs/openapi.json';
import lock from '../package-lock.json';
import { nodeFlags } from '../testing/node-flags.js';
import { ON_FREE_PORTS, Program } from '../testing/run-program.js';
import { BackendServer } from './support/backend-server.js';
import { onCleanup } from './support/cleanup.js';
import { layOutImage } from './support/image.js';
import { scrapeUntil } from './support/metrics.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { SECRET } from './support/start-sprayproxy.js';

// Far from the packages of the repository: what the image lacks cannot be loaded.
const image = mkdtempSync(join(tmpdir(), 'sprayproxy-image-'));
const at = (path: string): string => join(image, path);

beforeAll(() => {
  layOutImage(image);
});
afterAll(() => {
  rmSync(image, { recursive: true });
});

const ENVIRONMENT = {
  GH_APP_WEBHOOK_SECRET: SECRET,
  ...ON_FREE_PORTS,
  SPRAYPROXY_SPOOL_URL: `file:${at('spool')}`,
  SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
};

const run = (env: Readonly<Record<string, string>>, ...args: string[]): Program => {
  const program = Program.run({ env, sameGroup: true }, args, at('dist/main.js'));
  onCleanup(() => program.kill());
  return program;
};

it.each(['a new spool', 'the spool of the run before'])(
  'forwards, and serves what it is asked, with %s',
  async () => {
    const backend = await BackendServer.start(202);
    const program = run({ ...ENVIRONMENT, SPRAYPROXY_SERVER_BACKEND: backend.url }, 'server');
    const { port, metricsPort } = await program.listening();
    const url = `http://127.0.0.1:${port}`;

    expect((await sendWebhook(url, '{"n":1}')).status).toBe(200);
    expect(backend.received.map(({ body }) => body.toString())).toEqual(['{"n":1}']);
    const forwarded = `sprayproxy_http_forwarded_requests_total{host="${backend.host}",error="none"}`;
    await scrapeUntil(`http://127.0.0.1:${metricsPort}`, forwarded, 1);
    const served = await send(url, { method: 'GET', path: '/deliveries/openapi.json' });
    expect(JSON.parse(served.text)).toEqual(description);
    const page = await fetch(`${url}/deliveries`, { headers: { Accept: 'text/html' } });
    expect(await page.text()).toContain('<title>Sprayproxy</title>');

    expect(await program.stop()).toBe(0);
    expect(program.errorOutput).toBe('');
  },
);

it.each([
  [['--version'], lock.version],
  [['--help'], 'Usage: sprayproxy'],
  [['check'], 'writable, not damaged'],
  [['check', '--help'], 'Usage: sprayproxy check'],
  [['deliveries', '--help'], 'Usage: sprayproxy deliveries'],
  [['spool', '--help'], 'Usage: sprayproxy spool copy'],
])('answers %j', async (args, answer) => {
  const program = run(ENVIRONMENT, ...args);
  expect(await program.exited).toBe(0);
  expect(program.rawLines.join('\n')).toContain(answer);
  expect(program.errorOutput).toBe('');
});

it('is not compiled again by the Node.js that built it', async () => {
  const code = `const { bundle } = require(${JSON.stringify(at('dist/main.js'))}); console.log(bundle.cachedDataRejected);`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...nodeFlags(at('dist/main.js')),
    '-e',
    code,
    '--',
    'sprayproxy',
    '--version',
  ]);
  // Another finds nothing that it could use.
  const built = existsSync(at(`dist/bundle/sprayproxy.js.${process.version}`));
  expect(stdout.split('\n')).toContain(built ? 'false' : 'undefined');
});

it('has the licence of every package in it, all of them dependencies of this one', () => {
  const names = [...readFileSync(at('dist/bundle/LICENSES'), 'utf8').matchAll(/^=== (\S+) /gm)].map(
    ([, name = '']) => name,
  );
  expect(names).toEqual(
    expect.arrayContaining(['@nestjs/core', 'express', 'kysely', 'lmdb', 'msgpackr-extract', 'pg', 'pino']),
  );
  const packages = Object.entries<{ dev?: boolean } | object>(lock.packages);
  const kept = packages.flatMap(([path, entry]) => ('dev' in entry ? [] : [path]));
  expect(names.filter((name) => !kept.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([]);
});
