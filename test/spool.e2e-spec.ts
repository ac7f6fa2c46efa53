import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { DATA_FILE } from '../src/spool/lmdb/data-file.js';
import { openDatabases, openRoot, SPOOL_VERSION } from '../src/spool/lmdb/layout.js';
import { bootSprayproxy } from './support/boot.js';
import { sharedByTests } from './support/cleanup.js';
import { closedPort } from './support/closed-port.js';
import { fixture } from './support/fixture.js';
import { scrape } from './support/metrics.js';
import { send, sendWebhook } from './support/send-webhook.js';
import { filledSpool } from './support/spool/filled-spool.js';
import { openBuilt } from './support/spool/open-built.js';
import { readSpool } from './support/spool/read-spool.js';
import { runSprayproxy, SECRET, startSprayproxy } from './support/start-sprayproxy.js';
import { makeTempDir } from './support/temp-dir.js';

const PAGE = 4096;
const NO_DATABASE = 'holds a data.mdb that is no LMDB database, or has lost its beginning';
const run = promisify(execFile);

const startWith = (dir: string, env: Readonly<Record<string, string>> = {}) =>
  startSprayproxy({ env: { SPRAYPROXY_SPOOL_URL: `file:${dir}`, ...env } });

const bootWith = (dir: string, env: Readonly<Record<string, string>> = {}) =>
  bootSprayproxy({ env: { SPRAYPROXY_SPOOL_URL: `file:${dir}`, ...env } });

const open = (dir: string) => openBuilt({ dir, maxBytes: 1e9 });

/** It cannot be opened, for one reason that says why, where, and what to do. */
async function expectRefused(dir: string, why: RegExp | string, advice = /: .+/): Promise<void> {
  const refused = open(dir);
  await expect(refused).rejects.toThrow(why);
  await expect(refused).rejects.toThrow(advice);
  await expect(refused).rejects.toThrow(`the spool's directory ${dir} (SPRAYPROXY_SPOOL_URL) `);
}

/** Every file with its content. The engine notes in its lock file who reads, which is not content. */
const contentOf = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir)
      .filter((name) => name !== 'lock.mdb')
      .map((name) => {
        const path = join(dir, name);
        return [name, statSync(path).isFile() ? readFileSync(path, 'base64') : 'no file'];
      }),
  );

const isRoot = process.getuid?.() === 0;
const OTHER_USER = 64_001;
const GROUP = 64_000;

/** This Node, where another user may run it: it may be in the home of this one. */
const nodeForAll = sharedByTests(() => {
  const dir = makeTempDir();
  chmodSync(dir, 0o755);
  if (isRoot) copyFileSync(process.execPath, join(dir, 'node'));
  return Promise.resolve(join(dir, 'node'));
});

/** As the volume of a pod is shared by its group. */
function giveToGroup(dir: string): void {
  for (const path of [dir, ...readdirSync(dir).map((name) => join(dir, name))]) {
    chownSync(path, 0, GROUP);
    chmodSync(path, statSync(path).isDirectory() ? 0o770 : 0o660);
  }
}

/** What the start says about a spool; nothing: it is sound. */
async function inspectAs(uid: number, dir: string): Promise<string> {
  return (await run(nodeForAll(), [fixture('inspect-spool.js'), dir], { uid, gid: GROUP })).stdout;
}

/** Opens the spool in a process of another user, that leaves it as a killed one does. */
async function openAs(uid: number, dir: string): Promise<string> {
  const open = JSON.stringify(join(__dirname, '../dist/spool/lmdb/open.js'));
  const script = `process.umask(0o077); require(${open}).openSpool({ dir: process.argv[1], maxBytes: 1e9 })
    .then(() => 'open', String).then((result) => { process.stdout.write(result, () => process.kill(process.pid, 'SIGKILL')); });`;
  return run(nodeForAll(), ['-e', script, dir], { uid, gid: GROUP }).then(
    ({ stdout }) => stdout,
    (killed: unknown) => (killed as { stdout: string }).stdout,
  );
}

describe('a spool that can be used', () => {
  it.each<[string, string[], (dir: string) => void]>([
    ['is empty', [], () => undefined],
    [
      'is missing',
      [],
      (dir) => {
        rmSync(join(dir, '..'), { recursive: true });
      },
    ],
    [
      'is a new volume',
      ['lost+found'],
      (dir) => {
        mkdirSync(join(dir, 'lost+found'));
      },
    ],
    [
      'has other files',
      ['notes.txt'],
      (dir) => {
        writeFileSync(join(dir, 'notes.txt'), 'mine');
      },
    ],
    [
      'has a beginning that was interrupted',
      [],
      (dir) => {
        mkdirSync(join(dir, 'spool.new'));
        writeFileSync(join(dir, 'spool.new', 'data.mdb'), 'half');
      },
    ],
  ])('begins where the directory %s', async (_what, foreign, prepare) => {
    const dir = join(makeTempDir(), 'a', 'spool.d');
    mkdirSync(dir, { recursive: true });
    prepare(dir);
    const spool = await open(dir);
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(['data.mdb', ...foreign]));
    expect(readdirSync(dir)).not.toContain('spool.new');
    await spool.close();
    await (await open(dir)).close();
  });

  it('is opened again where the program has begun it and was killed', async () => {
    const dir = join(makeTempDir(), 'a', 'spool.d');
    const { program } = await startWith(dir);
    await program.kill();
    await (await open(dir)).close();
  });

  it('has metrics of its writes from the start', async () => {
    const { metricsUrl } = await bootWith(makeTempDir());
    const metrics = await scrape(metricsUrl);
    expect(metrics.get('sprayproxy_spool_write_failures_total')).toBe(0);
    expect(metrics.get('sprayproxy_spool_write_duration_seconds_count')).toBe(0);
  });

  it('is opened again at once after a kill', async () => {
    const dir = await filledSpool(10);
    await (await startWith(dir)).program.kill();
    const { program } = await startWith(dir);
    expect(readdirSync(dir).filter((name) => name.startsWith('spool.lock.'))).toHaveLength(1);
    await program.stop();
    // Nobody knows their backend, so they were given up: kept, not lost.
    expect(new Map((await readSpool(dir)).counts)).toEqual(
      new Map([
        ['http://a', { owed: 0, running: 0, dead: 7, rejected: 0 }],
        ['http://b', { owed: 0, running: 0, dead: 7, rejected: 0 }],
      ]),
    );
  });

  it('is opened though the lock file of the engine is garbage', async () => {
    const dir = await filledSpool(10);
    writeFileSync(join(dir, 'lock.mdb'), Buffer.alloc(8192, 0xa5));
    await (await open(dir)).close();
  });
});

it('one process at a time uses a spool, whatever the directory is called', async () => {
  const dir = makeTempDir();
  const alias = join(makeTempDir(), 'alias');
  symlinkSync(dir, alias);
  const { program, url } = await startWith(dir);
  const before = contentOf(dir);
  await expectRefused(dir, 'is used by another process');
  await expectRefused(alias, 'is used by another process');
  expect(contentOf(dir)).toEqual(before);
  expect(await send(url, { method: 'GET', path: '/readyz' })).toMatchObject({ status: 200 });
  await program.stop();
  await (await open(dir)).close();
});

it('while the directory is gone, nothing is kept and the program is not ready', async () => {
  const dir = join(makeTempDir(), 'spool');
  const down = `http://127.0.0.1:${await closedPort()}`;
  const { program, url, metricsUrl } = await bootWith(dir, { SPRAYPROXY_SERVER_BACKEND: down });
  const readiness = async () => {
    const { status, text } = await send(url, { method: 'GET', path: '/readyz' });
    return [status, text, (await scrape(metricsUrl)).get('sprayproxy_ready')];
  };
  renameSync(dir, `${dir}.aside`);
  expect(await program.logged('the spool is lost: nothing that is owed is kept')).toMatchObject({
    level: 'error',
  });
  expect(await readiness()).toEqual([503, 'spool failed', 0]);
  expect(await sendWebhook(url, '{}')).toMatchObject({ status: 503, text: 'spool failed' });
  renameSync(`${dir}.aside`, dir);
  await program.logged('the spool is there again');
  expect(await readiness()).toEqual([200, 'ready', 1]);
  expect(await sendWebhook(url, '{}')).toMatchObject({ status: 202 });
});

it('the start ends with status 1 where the spool cannot be opened, and one line that says why', async () => {
  const dir = makeTempDir();
  writeFileSync(join(dir, 'data.mdb'), 'text');
  const program = runSprayproxy({ GH_APP_WEBHOOK_SECRET: SECRET, SPRAYPROXY_SPOOL_URL: `file:${dir}` });
  expect(await program.exited).toBe(1);
  expect(program.lines).toMatchObject([{ level: 'fatal' }]);
  expect(program.lines[0]?.msg).toMatch(
    `cannot start: the spool's directory ${dir} (SPRAYPROXY_SPOOL_URL) ${NO_DATABASE}: move the directory away`,
  );
  expect(program.lines[0]).not.toHaveProperty('err');
  expect(program.errorOutput).toBe('');
});

it('the lock does not keep a process alive', async () => {
  const lock = JSON.stringify(join(__dirname, '../dist/spool/lmdb/lock.js'));
  const script = `require(${lock}).SpoolLock.take(process.argv[1]).then(() => console.log('taken'))`;
  const { stdout } = await run(process.execPath, ['-e', script, makeTempDir()]);
  expect(stdout).toBe('taken\n');
});

it('another user of the same group takes over, whatever the umask was', async () => {
  if (!isRoot) return;
  const dir = join(makeTempDir(), 'spool');
  chmodSync(join(dir, '..'), 0o777);
  for (const uid of [OTHER_USER, OTHER_USER + 1, OTHER_USER]) {
    expect(await openAs(uid, dir)).toBe('open');
    expect((statSync(dir).mode & 0o777).toString(8)).toBe('770');
    for (const name of readdirSync(dir)) {
      expect([name, (statSync(join(dir, name)).mode & 0o777).toString(8)]).toEqual([name, '660']);
    }
  }
});

describe('a directory that cannot be used', () => {
  it.each([
    ['/proc/sys', 'cannot be written to'],
    ['/proc/sys/spool', 'cannot be written to'],
    ['/dev/null', 'is no directory'],
    ['/dev/null/spool', 'cannot be written to'],
  ])('is %s', async (dir, why) => {
    await expectRefused(dir, why);
  });

  it('is a file', async () => {
    const file = join(makeTempDir(), 'file');
    writeFileSync(file, 'mine');
    await expectRefused(file, 'is no directory');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('holds a data file that is a directory', async () => {
    const dir = makeTempDir();
    mkdirSync(join(dir, 'data.mdb'));
    await expectRefused(dir, 'holds a data.mdb that is no file');
  });
});

const END_MISSING = 'the end of its file is missing';

describe('a data file that cannot be used', () => {
  const noise = (bytes: number) =>
    Buffer.concat(
      Array.from({ length: Math.ceil(bytes / 32) }, (_, n) =>
        createHash('sha256').update(String(n)).digest(),
      ),
    ).subarray(0, bytes);
  /** Has what an LMDB database begins with, and nothing else of it. */
  const disguised = Buffer.concat([Buffer.alloc(24), Buffer.from('dec0efbe', 'hex'), noise(50_000)]);

  it.each([
    ['is noise', noise(50_000), NO_DATABASE],
    ['is noise that begins like a database', disguised, /damaged/],
    ['is text', 'text '.repeat(10_000), NO_DATABASE],
    ['is empty', '', NO_DATABASE],
    ['is one byte', 'x', NO_DATABASE],
    ['is zeros', Buffer.alloc(50_000), NO_DATABASE],
  ])('%s', async (_what, content, why) => {
    const dir = makeTempDir();
    writeFileSync(join(dir, 'data.mdb'), content);
    const before = contentOf(dir);
    await expectRefused(
      dir,
      why,
      /: move the directory away .* can be redelivered from GitHub's list of deliveries$/,
    );
    expect(contentOf(dir)).toEqual(before);
  });

  it.each<[string, (size: number) => number, RegExp | string]>([
    ['in the middle', (size) => size / 2, END_MISSING],
    ['by a byte', (size) => size - 1, END_MISSING],
    ['to three pages', () => 3 * PAGE, END_MISSING],
    ['to two pages', () => 2 * PAGE, END_MISSING],
    ['to one page', () => PAGE, /damaged/],
    ['to the header', () => 100, /damaged/],
  ])('is cut off %s', async (_what, sizeOf, why) => {
    const dir = await filledSpool(20);
    const file = join(dir, 'data.mdb');
    truncateSync(file, sizeOf(statSync(file).size));
    const before = contentOf(dir);
    await expectRefused(dir, why);
    expect(contentOf(dir)).toEqual(before);
  });

  it('is of a newer version', async () => {
    const dir = await filledSpool(3);
    const { state, root } = openDatabases(openRoot(dir, false));
    state.putSync('version', SPOOL_VERSION + 1);
    await root.close();
    const before = contentOf(dir);
    await expectRefused(dir, `was written with version ${SPOOL_VERSION + 1} of the spool's layout`);
    expect(contentOf(dir)).toEqual(before);
  });

  it.each([
    ['data.mdb', 'holds a data.mdb that this process may not read and write'],
    ['lock.mdb', 'holds a lock.mdb that this process may not read and write'],
  ])('is of another user, with a %s that is theirs alone', async (name, why) => {
    if (!isRoot) return;
    const dir = await filledSpool(1);
    giveToGroup(dir);
    chmodSync(join(dir, name), 0o600);
    expect(await inspectAs(OTHER_USER, dir)).toContain(why);
  });

  it("is another program's", async () => {
    const dir = makeTempDir();
    const root = openRoot(dir, false);
    root.openDB('theirs', {}).putSync('key', 'value');
    await root.close();
    const before = contentOf(dir);
    await expectRefused(dir, 'of another program');
    expect(contentOf(dir)).toEqual(before);
  });
});

it('a full disk costs what did not fit, and nothing else', async () => {
  const dir = makeTempDir();
  // In blocks of 512 bytes.
  const script = `ulimit -f 2000; exec "${process.execPath}" "${fixture('fill-spool.js')}" "${dir}"`;
  const { stdout } = await run('sh', ['-c', script]);
  const result = JSON.parse(stdout) as Record<'full' | 'freed', Record<string, number>>;
  const deliveries = result.full.deliveries as number;
  expect(deliveries).toBeGreaterThanOrEqual(10);
  const bytesOf = (count: number) => count * (20_000 + 4096);
  expect(result).toEqual({
    codes: ['spool-failed'],
    messages: [expect.stringContaining('the spool cannot be written to: ')],
    full: { deliveries, owed: deliveries, bytes: bytesOf(deliveries), lastId: deliveries },
    freed: {
      deliveries: deliveries - 9,
      owed: deliveries - 9,
      bytes: bytesOf(deliveries - 9),
      lastId: deliveries + 11,
    },
    intact: true,
    writes: { ok: deliveries + 11, failed: 10 },
    unhandled: [],
    lastTried: deliveries + 11,
  });
  const { program } = await startWith(dir);
  await program.stop();
  expect((await readSpool(dir)).counts).toEqual([
    ['http://backend', { owed: 0, running: 0, dead: deliveries - 9, rejected: 0 }],
  ]);
});

describe('the directory of a running service', () => {
  it.each<[string, (dir: string) => void]>([
    [
      'is removed',
      (dir) => {
        rmSync(dir, { recursive: true });
      },
    ],
    [
      'is moved away',
      (dir) => {
        renameSync(dir, `${dir}.away`);
      },
    ],
    [
      'loses its file',
      (dir) => {
        rmSync(join(dir, DATA_FILE));
      },
    ],
    [
      'gets another file',
      (dir) => {
        writeFileSync(join(dir, 'other'), '');
        renameSync(join(dir, 'other'), join(dir, DATA_FILE));
      },
    ],
  ])('%s: what is owed is answered 503, and it is not ready', async (_name, spoil) => {
    const dir = join(makeTempDir(), 'spool');
    const down = `http://127.0.0.1:${await closedPort()}`;
    const { program, url } = await bootWith(dir, { SPRAYPROXY_SERVER_BACKEND: down });
    expect((await sendWebhook(url, '{}')).status).toBe(202);
    spoil(dir);
    await program.logged('the spool is lost: nothing that is owed is kept');
    expect(await sendWebhook(url, '{}')).toMatchObject({ status: 503, text: 'spool failed' });
    expect(await send(url, { method: 'GET', path: '/readyz' })).toMatchObject({
      status: 503,
      text: 'spool failed',
    });
    expect(await send(url, { method: 'GET', path: '/healthz' })).toMatchObject({ status: 200 });
    expect(program.lines.filter(({ msg }) => msg.startsWith('the spool is lost'))).toHaveLength(1);
  });
});
