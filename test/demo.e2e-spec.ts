import definitions from '@octokit/webhooks-examples';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '..');

const DURING_OUTAGE = ['push', 'pull_request', 'check_suite', 'check_run', 'issue_comment'];
const DEMO = join(ROOT, 'dist-demo', 'demo', 'demo.js');

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs to its end; the environment holds what would break the program if the demo handed it on. */
function run(demo: string, args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const breaking = { SPRAYPROXY_SERVER_PORT: 'x', GH_APP_WEBHOOK_SECRET_FILE: '/nonexistent' };
  const env = { ...process.env, ...breaking, ...variables };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [demo, ...args], { env }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode, output: stdout + stderr });
    });
  });
}

describe('the demo', () => {
  describe('run to its end', () => {
    let ended: Ended;
    let left: readonly string[];

    beforeAll(async () => {
      const TMPDIR = await mkdtemp(join(tmpdir(), 'sprayproxy-demo-'));
      // The user PostgreSQL runs as has to get there.
      await chmod(TMPDIR, 0o755);
      ended = await run(DEMO, ['--stay', '0'], { TMPDIR });
      left = await readdir(TMPDIR);
      await rm(TMPDIR, { recursive: true });
    });

    it('shows every published event, delivered byte for byte to both backends', () => {
      const lines = ended.output.split('\n');
      for (const { name, examples } of definitions) {
        const bytes = examples.reduce((sum, payload) => sum + Buffer.byteLength(JSON.stringify(payload)), 0);
        expect(lines).toContainEqual(expect.stringMatching(tableRow(name, examples.length, bytes)));
      }
      const all = definitions.flatMap(({ examples }) => examples);
      const bytes = all.reduce((sum, payload) => sum + Buffer.byteLength(JSON.stringify(payload)), 0);
      expect(lines).toContainEqual(
        expect.stringMatching(tableRow(`total of ${definitions.length} events`, all.length, bytes)),
      );
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
      expect(ended.status).toBe(0);
    });

    it('shows that a backend which was stopped gets what it was owed, in order', () => {
      const { output } = ended;
      const rows = [...output.matchAll(/^(\w+) +[\d,]+ +202 accepted +yes +\d+\.\d +yes +(\d) +\d+\.\d$/gm)];
      expect(rows.map(([, event, place]) => [place, event])).toEqual(
        DURING_OUTAGE.map((event, at) => [`${at + 1}`, event]),
      );
      expect(output).toMatch(/^total of 5 +[\d,]+ +5\/5 +5\/5$/m);
    });

    it('shows that of two replicas one delivers in order what both owed, when the other is killed', () => {
      const { output } = ended;
      const [, killed] = /^Then replica (\d), .* is killed \(SIGKILL\)/m.exec(output) ?? [];
      const left = killed === '1' ? '2' : '1';
      const rows = [
        ...output.matchAll(/^(\w+) +[\d,]+ +(\d) +202 accepted +yes +\d+\.\d +yes +(\d+) +\d+\.\d$/gm),
      ];
      expect(rows.map(([, event, replica, place]) => [place, event, replica])).toEqual(
        [...DURING_OUTAGE, ...DURING_OUTAGE].map((event, at) => [
          `${at + 1}`,
          event,
          at % 2 === 0 ? killed : left,
        ]),
      );
      expect(output).toMatch(/^total of 10 +[\d,]+ +10\/10 +10\/10$/m);
      expect(output).toContain(
        `\nThe first, sent once more to replica ${left} in the end, reached backend 1 alone`,
      );
    });

    it('shows that what nobody took comes back when the program does, and what was delivered does not', () => {
      const { output } = ended;
      const rows = [...output.matchAll(/^(\w+) +[\d,]+ +(200|none) +(\d) +yes +(\d+|-) +yes +(\d+|-)$/gm)];
      expect(rows.map(([, event, answer, asked]) => [event, answer, asked])).toEqual(
        [...DURING_OUTAGE, ...DURING_OUTAGE].map((event, at) => [
          event,
          ...(at === 0 ? ['200', '0'] : ['none', '1']),
        ]),
      );
      expect(rows.map(([, , , , one, two]) => [one === '-', two === '-'])).toEqual(
        rows.map((_, at) => [at === 0, at === 0]),
      );
      expect(output).toMatch(/^total of 10 +[\d,]+ +9 +10\/10 +10\/10$/m);
    });

    it('leaves nothing behind', () => {
      expect(left).toEqual([]);
    });
  });

  it('ends with the page, and a curl line that sends one more, which both backends get, until it is told to end', async () => {
    const demo = spawn(process.execPath, [DEMO, '--stay'], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const lines = createInterface({ input: demo.stdout })[Symbol.asyncIterator]();
      const page = await lineThat((line) => line.startsWith('The page: '), lines);
      const html = await fetch(page.slice('The page: '.length), { headers: { Accept: 'text/html' } });
      expect(await html.text()).toContain('<title>Sprayproxy</title>');
      const curl = await lineThat((line) => line.startsWith('curl '), lines);
      const request = parseCurl(curl);
      const answer = await fetch(request.url, { method: 'POST', ...request });

      expect(await answer.text()).toBe('proxied');
      const guid = request.headers['X-GitHub-Delivery'];
      const got = [await lineThat(isArrival, lines), await lineThat(isArrival, lines)];
      expect(got.toSorted((a, b) => (a.slice(24) < b.slice(24) ? -1 : 1))).toEqual([
        expect.stringContaining(`backend 1 got ping ${guid}, ${request.body.length} bytes`),
        expect.stringContaining(`backend 2 got ping ${guid}, ${request.body.length} bytes`),
      ]);
    } finally {
      demo.kill('SIGTERM');
    }
    await ended(demo);
    expect(demo.exitCode).toBe(0);
  });

  it('ends by itself after the time it was told to stay', async () => {
    const { status, output } = await run(DEMO, ['--stay', '0.1']);

    expect(output).toMatch(/^All stays up for 0\.1 s /m);
    expect(output.trimEnd()).toMatch(/\nAll has ended\.$/);
    expect(status).toBe(0);
  });

  it.each([
    ['--stay', 'x'],
    ['--stay', '-1'],
    ['--stay', '86401'],
    ['--foo', ''],
  ])('refuses %s %s', async (...args) => {
    expect(await run(DEMO, args)).toMatchObject({ status: 1 });
  });
});

describe('the demo of a broken program', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sprayproxy-demo-'));
    await cp(join(ROOT, 'dist-demo'), join(root, 'dist-demo'), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    await cp(join(ROOT, 'package.json'), join(root, 'package.json'));
    await mkdir(join(root, 'dist'));
  });

  afterEach(() => rm(root, { recursive: true }));

  const runWith = async (program: string): Promise<Ended> => {
    await writeFile(join(root, 'dist', 'main.js'), program);
    return run(join(root, 'dist-demo', 'demo', 'demo.js'), ['--stay', '0']);
  };

  it('says loudly that a byte has changed, and fails', async () => {
    const { status, output } = await runWith(LOSSY_PROGRAM);

    expect(output).toContain('FAILED: NOT EVERY WEBHOOK WAS DELIVERED BYTE FOR BYTE\n');
    expect(output).toMatch(/^push [\w-]+: at backend 2 it has other bytes$/m);
    expect(output).toMatch(/^star [\w-]+: at backend 1 it came 0 times$/m);
    expect(output).toMatch(/^watch [\w-]+: at backend 1 it has X-GitHub-Event: none instead of watch$/m);
    expect(output).toMatch(/^push +7 .* 7\/7 .* 0\/7 /m);
    expect(output).toMatch(/^label +6 .* 6\/6 .* 6\/6 /m);
    expect(status).toBe(1);
  });

  it('says loudly that what was owed came in another order, and fails', async () => {
    const { status, output } = await runWith(DISORDERLY_PROGRAM);

    expect(output).toContain('FAILED: NOT EVERY WEBHOOK THAT WAS OWED ARRIVED AS IT SHOULD\n');
    expect(output).toMatch(/^push [\w-]+: at backend 2 it came at place 5 instead of 1$/m);
    expect(output).toMatch(/^issue_comment [\w-]+: at backend 2 it came at place 1 instead of 5$/m);
    expect(status).toBe(1);
  });

  it('says loudly that what a backend missed was not accepted, and fails', async () => {
    const { status, output } = await runWith(FORGETFUL_PROGRAM);

    expect(output).toMatch(/^push [\w-]+: Sprayproxy answered 200 proxied$/m);
    expect(output).toMatch(/^push [\w-]+: at backend 2 it came 0 times$/m);
    expect(status).toBe(1);
  });

  it('says loudly that replicas mixed up what they owed, and sent again what was taken, and fails', async () => {
    const { status, output } = await runWith(replicas('unruly'));

    expect(output).toContain('All 5 reached backend 2 in the order they were sent');
    expect(output).toContain('FAILED: NOT EVERY WEBHOOK THAT REPLICAS OWED ARRIVED AS IT SHOULD\n');
    expect(output).toMatch(/^push [\w-]+: at backend 2 it came 2 times$/m);
    expect(output).toMatch(/^pull_request [\w-]+: at backend 2 it came at place 9 instead of 2$/m);
    expect(status).toBe(1);
  });

  it('says loudly that what nobody took did not come back, and fails', async () => {
    const { status, output } = await runWith(replicas('orderly'));

    expect(output).toContain('What both replicas owed reached backend 2 in order, all 10');
    expect(output).toContain('FAILED: NOT EVERY WEBHOOK THAT GITHUB COULD NOT DELIVER CAME BACK\n');
    expect(output).toMatch(/^issue_comment [\w-]+: at backend 1 it came 0 times$/m);
    expect(output).toMatch(/^issue_comment [\w-]+: GitHub was asked for it 0 times$/m);
    expect(output).toMatch(/^total of 10 +[\d,]+ +0 +1\/10 +1\/10$/m);
    expect(status).toBe(1);
  });

  it('shows the log of a program that ends by itself, and fails', async () => {
    const { status, output } = await runWith(`console.log('cannot start: no luck'); process.exit(3);`);

    expect(output).toContain('Sprayproxy ended by itself (exit code 3). Its log:\ncannot start: no luck\n');
    expect(status).toBe(1);
  });
});

/** Forwards everything; `onFailure` has `url`, `init` and `response` of what a backend did not get. */
const program = (onFailure: string) => `
const { createServer } = require('node:http');
const owed = [];
const server = createServer(async (request, response) => {
  const { host, connection, 'content-length': length, ...headers } = request.headers;
  const init = { method: 'POST', headers, body: Buffer.concat(await request.toArray()) };
  for (const url of process.env.SPRAYPROXY_SERVER_BACKEND.split(' ')) {
    await fetch(url, init).catch(() => { ${onFailure} });
  }
  response.end(response.statusCode === 202 ? 'accepted' : 'proxied');
});
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ port: server.address().port, metricsPort: 1, msg: 'listening' })),
);
process.on('SIGTERM', () => process.exit(0));
async function drain(url) {
  while (owed.length > 0) {
    const delivered = await fetch(url, owed.at(-1)).catch(() => undefined);
    if (delivered) owed.pop();
  }
}
`;

const FORGETFUL_PROGRAM = program('');

/** Sends what is owed once it is all there, the latest first. */
const DISORDERLY_PROGRAM = program(
  'response.statusCode = 202; if (owed.push(init) === 5) response.on("close", () => drain(url));',
);

/**
 * What replicas owe is in a file that they share; the first of them says that it sees to the backend. Where there is a
 * database, the unruly ones send the latest first, and know of no redelivery. None of them asks GitHub for anything.
 */
const replicas = (kind: 'orderly' | 'unruly') => `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { SPRAYPROXY_SPOOL_URL: spool, SPRAYPROXY_SERVER_BACKEND: backends } = process.env;
const [first, second] = backends.split(' ');
const shared = spool.startsWith('postgres:');
const file = __dirname + '/' + (shared ? 'shared' : 'own');
const orderly = ${String(kind === 'orderly')};
const known = __dirname + '/known';
appendFileSync(known, '');
const isNew = (guid) => !orderly || !readFileSync(known, 'utf8').includes(guid);
const owed = () => readFileSync(file, 'utf8').split('\\n').filter(Boolean);
appendFileSync(file, '');
let speaks = true;
try { if (shared) writeFileSync(__dirname + '/speaker', '', { flag: 'wx' }); } catch { speaks = false; }
const post = (url, { headers, body }) =>
  fetch(url, { method: 'POST', headers, body: Buffer.from(body, 'base64') });
const server = createServer(async (request, response) => {
  if (request.method === 'GET') {
    response.end(speaks ? 'sprayproxy_backend_down{host="' + new URL(second).host + '"} 0' : '');
    return;
  }
  const { host, connection, 'content-length': length, ...headers } = request.headers;
  const webhook = { headers, body: Buffer.concat(await request.toArray()).toString('base64') };
  const guid = headers['x-github-delivery'];
  await post(first, webhook);
  if (isNew(guid)) {
    await post(second, webhook).catch(() => {
      response.statusCode = 202;
      appendFileSync(file, JSON.stringify(webhook) + '\\n');
    });
  }
  appendFileSync(known, guid);
  response.end(response.statusCode === 202 ? 'accepted' : 'proxied');
});
async function drain() {
  for (let all = owed(); all.length > 0; all = owed()) {
    const at = shared && !orderly ? all.length - 1 : 0;
    if (!(await post(second, JSON.parse(all[at])).catch(() => undefined))) break;
    writeFileSync(file, all.toSpliced(at, 1).map((line) => line + '\\n').join(''));
  }
  setTimeout(drain, 100);
}
drain();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  console.log(JSON.stringify({ port, metricsPort: port, msg: 'listening' }));
});
process.on('SIGTERM', () => process.exit(0));
`;

/** Spoils some events at some backends: changes a byte, drops a header, drops the webhook. */
const LOSSY_PROGRAM = `
const { createServer } = require('node:http');
const backends = process.env.SPRAYPROXY_SERVER_BACKEND.split(' ');
const server = createServer(async (request, response) => {
  const event = request.headers['x-github-event'];
  const { host, connection, 'content-length': length, ...headers } = request.headers;
  let body = Buffer.concat(await request.toArray());
  for (const [at, url] of backends.entries()) {
    if (event === 'star' && at === 0) continue;
    if (event === 'watch' && at === 0) delete headers['x-github-event'];
    else headers['x-github-event'] = event;
    if (event === 'push' && at === 1) body = Buffer.from(body.toString('latin1').replace('"', "'"), 'latin1');
    await fetch(url, { method: 'POST', headers, body });
  }
  response.end('proxied');
});
server.listen(0, '127.0.0.1', () =>
  console.log(JSON.stringify({ port: server.address().port, metricsPort: 1, msg: 'listening' })),
);
process.on('SIGTERM', () => process.exit(0));
`;

function tableRow(title: string, webhooks: number, bytes: number): RegExp {
  const intact = `${webhooks}/${webhooks} +\\d+\\.\\d`;
  return new RegExp(
    `^${title} +${webhooks} +${bytes.toLocaleString('en-US')} +200 proxied +${intact} +${intact}$`,
  );
}

const isArrival = (line: string) => / backend \d got /.test(line);

async function lineThat(fits: (line: string) => boolean, lines: AsyncIterator<string>): Promise<string> {
  for (;;) {
    const { value, done = false } = (await lines.next()) as IteratorResult<string, undefined>;
    if (done || value === undefined) throw new Error('the output has ended');
    if (fits(value)) return value;
  }
}

/** Understands the words of this one line: names, single-quoted values, and the URL at its end. */
function parseCurl(line: string): { url: string; headers: Record<string, string>; body: string } {
  const headers = [...line.matchAll(/ -H '([^:']+): ([^']*)'/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  const body = / --data-binary '([^']*)' /.exec(line)?.[1] ?? '';
  const url = / (http:\S+)$/.exec(line)?.[1] ?? '';
  return { url, headers: Object.fromEntries(headers) as Record<string, string>, body };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
