import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { BenchError } from '../bench-error.js';
import { type Child } from '../../testing/child.js';

const TIMEOUT_MS = 30_000;
const INTERVAL_MS = 5;

/**
 * Asks again and again until a GET is answered 200.
 * @returns ms that took.
 * @throws BenchError if the process ends before, or takes longer than 30 s.
 */
export async function untilHealthy(url: string, child: Child): Promise<number> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < TIMEOUT_MS && child.running) {
    if ((await statusOf(url)) === 200) return performance.now() - startedAt;
    await delay(INTERVAL_MS);
  }
  const what = child.running ? `did not answer at ${url} within ${TIMEOUT_MS} ms` : 'ended by itself';
  throw new BenchError(`${child.process.spawnargs.join(' ')} ${what}:\n${child.output}`);
}

/** `undefined`: no answer came. */
function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent: false, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => {
      resolve(undefined);
    });
    outgoing.end();
  });
}
