import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { Backend, type Received } from './backend.js';
import { compare } from './comparison.js';
import { curlLine } from './curl.js';
import { examples, sendAll, type SentWebhook, signedWebhook } from './github.js';
import { HELP, parseOptions, UsageError } from './options.js';
import { eventTable, faultLines } from './report.js';
import { Sprayproxy, SprayproxyDied, type SprayproxyUrls } from './sprayproxy.js';

const print = (text: string) => process.stdout.write(`${text}\n`);

/** @returns the exit status. */
async function main(): Promise<number> {
  const { help, stayS } = parseOptions(process.argv.slice(2), process.stdout.isTTY);
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  const signalled = firstSignal();
  const secret = randomBytes(32).toString('hex');
  const backends = [await Backend.start('backend 1'), await Backend.start('backend 2')];
  const sprayproxy = Sprayproxy.start({
    SPRAYPROXY_SERVER_BACKEND: backends.map(({ url }) => url).join(' '),
    GH_APP_WEBHOOK_SECRET: secret,
  });
  /** `undefined`: the wait was cut short by a signal. */
  const meanwhile = <T>(wait: Promise<T>): Promise<T | undefined> =>
    Promise.race([wait, sprayproxy.died, signalled.then(() => undefined)]);
  try {
    const urls = await meanwhile(sprayproxy.urls());
    if (urls === undefined) return 1;
    const webhooks = examples(secret);
    print(`Sprayproxy (process ${sprayproxy.pid ?? 'unknown'}) listens on ${urls.proxy}`);
    for (const { name, url } of backends) print(`Its ${name} listens on ${url}`);
    print(
      `It gets GitHub's ${webhooks.length} published examples of webhooks, signed, one after the other.\n`,
    );

    const startedAt = performance.now();
    const sent = await meanwhile(sendAll(urls.proxy, webhooks));
    if (sent === undefined) return 1;
    if (!report(sent, backends, performance.now() - startedAt)) return 1;

    if (stayS === 0) {
      print('\nAll has ended (--stay 0). Without that, the curl line to send one more would stand here.');
      return 0;
    }
    invite(urls, secret, stayS);
    for (const backend of backends) backend.onReceived = (received) => print(arrivalLine(backend, received));
    await meanwhile(stayS === undefined ? signalled : delay(stayS * 1000, undefined, { ref: false }));
    print('\nAll has ended.');
    return 0;
  } finally {
    await sprayproxy.stop();
    for (const backend of backends) backend.stop();
  }
}

/** @returns whether every webhook reached every backend as it was sent. */
function report(sent: readonly SentWebhook[], backends: readonly Backend[], tookMs: number): boolean {
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

/** Says how to send one more, for how long, and where to look. */
function invite({ proxy, metrics }: SprayproxyUrls, secret: string, stayS: number | undefined): void {
  const payload = { zen: 'Keep it logically awesome.', hook_id: 292430182 };
  const ping = signedWebhook('ping', Buffer.from(JSON.stringify(payload)), secret);
  const until = stayS === undefined ? 'until Ctrl-C' : `for ${stayS} s (--stay <seconds> changes that)`;
  print(`
Metrics: ${metrics}
All stays up ${until}. To send one more by hand, as often as you like:

${curlLine(proxy, ping)}
`);
}

function arrivalLine({ name }: Backend, { headers, bytes }: Received): string {
  const [event, guid] = [String(headers['x-github-event']), String(headers['x-github-delivery'])];
  return `${new Date().toISOString()}  ${name} got ${event} ${guid}, ${bytes} bytes`;
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
