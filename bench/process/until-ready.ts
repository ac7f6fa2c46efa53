import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { BenchError } from '../bench-error.js';
import { type Child } from '../../testing/child.js';

const TIMEOUT_MS = 30_000;
const INTERVAL_MS = 5;

/** Asked first; who knows no such path (404) is asked whether it is healthy. */
const READY = '/readyz';
const HEALTHY = '/healthz';

/**
 * Asks again and again until a program at `url` says that it is ready.
 * @returns ms that took.
 * @throws BenchError if the process ends before, or takes longer than 30 s.
 */
export async function untilReady(url: string, child: Child): Promise<number> {
  const startedAt = performance.now();
  let path = READY;
  while (performance.now() - startedAt < TIMEOUT_MS && child.running) {
    const status = await statusOf(`${url}${path}`);
    if (status === 200) return performance.now() - startedAt;
    if (status === 404 && path === READY) {
      path = HEALTHY;
      continue;
    }
    await delay(INTERVAL_MS);
  }
  const what = child.running ? `was not ready at ${url} within ${TIMEOUT_MS} ms` : 'ended by itself';
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
