import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { type ReceivedWebhook } from '../testing/backend.js';
import { type Defer, scoped } from '../testing/scoped.js';
import { DemoBackend } from './backend.js';
import { compare } from './comparison.js';
import { curlLine } from './curl.js';
import { examples, sendAll, type SentWebhook, signedWebhook, type Webhook } from './github.js';
import { HELP, parseOptions, UsageError } from './options.js';
import { type Outage, outage } from './outage.js';
import { outageReport } from './outage-report.js';
import { print } from './print.js';
import { playRecovery } from './recovery-act.js';
import { playReplicas } from './replicas-act.js';
import { eventTable, faultLines } from './report.js';
import { Sprayproxy, SprayproxyDied, type SprayproxyUrls } from './sprayproxy.js';

/** Sent while a backend is stopped: what a pull request brings with it. */
const DURING_OUTAGE = ['push', 'pull_request', 'check_suite', 'check_run', 'issue_comment'];

/** @returns the exit status. */
async function main(): Promise<number> {
  const { help, stayS } = parseOptions(process.argv.slice(2), process.stdout.isTTY);
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  return scoped((defer) => play(stayS, defer));
}

async function play(stayS: number | undefined, defer: Defer): Promise<number> {
  const signalled = firstSignal();
  const secret = randomBytes(32).toString('hex');
  const backends = [await DemoBackend.start('backend 1'), await DemoBackend.start('backend 2')] as const;
  for (const backend of backends) defer(() => backend.stop());
  const variables = {
    SPRAYPROXY_SERVER_BACKEND: backends.map(({ url }) => url).join(' '),
    GH_APP_WEBHOOK_SECRET: secret,
    // Nobody wants to wait long; one at a time, so that the order can be seen.
    SPRAYPROXY_RETRY_MAX_DELAY: '1s',
    SPRAYPROXY_DRAIN_CONCURRENCY: '1',
    SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
  };
  const directory = mkdtempSync(join(tmpdir(), 'sprayproxy-demo-'));
  // However this ends. The program has ended by then, or been killed.
  process.on('exit', () => {
    rmSync(directory, { recursive: true, force: true });
  });
  const sprayproxy = Sprayproxy.start({
    ...variables,
    SPRAYPROXY_SPOOL_URL: `file:${join(directory, 'spool')}`,
  });
  defer(() => sprayproxy.stop());
  /** `undefined`: the wait was cut short by a signal. */
  const meanwhile = <T>(wait: Promise<T>): Promise<T | undefined> =>
    Promise.race([wait, sprayproxy.died, signalled.then(() => undefined)]);

  const urls = await meanwhile(sprayproxy.urls());
  if (urls === undefined) return 1;
  const webhooks = examples(secret);
  print(`Sprayproxy (process ${sprayproxy.pid ?? 'unknown'}) listens on ${urls.proxy}`);
  for (const { name, url } of backends) print(`Its ${name} listens on ${url}`);
  print(`It gets GitHub's ${webhooks.length} published examples of webhooks, signed, one after the other.\n`);

  const startedAt = performance.now();
  const sent = await meanwhile(sendAll(urls.proxy, webhooks));
  if (sent === undefined) return 1;
  if (!report(sent, backends, performance.now() - startedAt)) return 1;

  const [, stopped] = backends;
  const more = duringOutage(secret);
  print(
    `\nNow ${stopped.name} is stopped, ${more.length} more webhooks come in, and it comes back on the same port.\n`,
  );
  const broken = await meanwhile(outage(urls.proxy, more, stopped));
  if (broken === undefined) return 1;
  if (!reportOutage(broken, backends)) return 1;

  const twice = [...duringOutage(secret), ...duringOutage(secret)];
  if (!(await playReplicas({ variables, webhooks: twice, backends, signalled }))) return 1;

  const failing = [...duringOutage(secret), ...duringOutage(secret)];
  const act = { variables, secret, directory, webhooks: failing, backends, signalled };
  if (!(await playRecovery(act))) return 1;

  if (stayS === 0) {
    print('\nAll has ended (--stay 0). Without that, the curl line to send one more would stand here.');
    return 0;
  }
  invite(urls, secret, stayS);
  for (const backend of backends) {
    backend.on('received', (received) => {
      print(arrivalLine(backend, received));
    });
  }
  await meanwhile(stayS === undefined ? signalled : delay(stayS * 1000, undefined, { ref: false }));
  print('\nAll has ended.');
  return 0;
}

const duringOutage = (secret: string): Webhook[] =>
  DURING_OUTAGE.flatMap((event) => examples(secret).find((each) => each.event === event) ?? []);

/** @returns whether every webhook reached every backend as it was sent. */
function report(sent: readonly SentWebhook[], backends: readonly DemoBackend[], tookMs: number): boolean {
  const arrivals = backends.map((backend) => compare(sent, backend));
  print(eventTable(sent, arrivals));
  print(`
intact: came exactly once, with every byte and every header as it was sent
ms: from sending until the backend had it whole, median of the event; the first ones warm things up
`);
  const faults = faultLines(sent, arrivals);
  if (faults.length > 0) {
    print(`FAILED: NOT EVERY WEBHOOK WAS DELIVERED BYTE FOR BYTE\n${faults.join('\n')}`);
    return false;
  }
  const tookS = (tookMs / 1000).toFixed(1);
  print(`All ${sent.length} webhooks reached both backends byte for byte, within ${tookS} s.`);
  return true;
}

/** @returns whether the backend that was stopped got everything in the end, in order, and the other one at once. */
function reportOutage(broken: Outage, backends: readonly [DemoBackend, DemoBackend]): boolean {
  const { table, faults } = outageReport(broken, backends);
  print(table);
  if (faults.length > 0) {
    print(`\nFAILED: NOT EVERY WEBHOOK THAT WAS OWED ARRIVED AS IT SHOULD\n${faults.join('\n')}`);
    return false;
  }
  print(`
202 accepted: what a backend was owed was on disk before the answer went out
All ${broken.sent.length} reached ${backends[1].name} in the order they were sent, once it was back.`);
  return true;
}

/** Says how to send one more, for how long, and where to look. */
function invite({ proxy, metrics, page }: SprayproxyUrls, secret: string, stayS: number | undefined): void {
  const payload = { zen: 'Keep it logically awesome.', hook_id: 292430182 };
  const ping = signedWebhook('ping', Buffer.from(JSON.stringify(payload)), secret);
  const until = stayS === undefined ? 'until Ctrl-C' : `for ${stayS} s (--stay <seconds> changes that)`;
  print(`
The page: ${page}
Metrics: ${metrics}
All stays up ${until}. To send one more by hand, as often as you like:

${curlLine(proxy, ping)}
`);
}

function arrivalLine({ name }: DemoBackend, { headers, body }: ReceivedWebhook): string {
  const [event, guid] = [String(headers['x-github-event']), String(headers['x-github-delivery'])];
  return `${new Date().toISOString()}  ${name} got ${event} ${guid}, ${body.length} bytes`;
}

/** Resolves at the first signal to end; a second one ends at once. */
async function firstSignal(): Promise<void> {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort();
    });
  }
  await once(controller.signal, 'abort');
}

// Whoever read the output has gone.
process.stdout.on('error', () => process.exit(1));

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    const explained = error instanceof UsageError || error instanceof SprayproxyDied;
    console.error(explained ? error.message : error);
    process.exitCode = 1;
  },
);
