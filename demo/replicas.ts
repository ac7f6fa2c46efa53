import { setTimeout as delay } from 'node:timers/promises';

import { PostgresServer } from '../testing/postgres/postgres-server.js';
import { type Defer } from '../testing/scoped.js';
import { type DemoBackend } from './backend.js';
import { Sprayproxy, type SprayproxyUrls } from './sprayproxy.js';

const ASK_AGAIN_MS = 100;
const AGREE_TIMEOUT_MS = 30_000;

/** One of those that share a database. */
export interface Replica extends SprayproxyUrls {
  readonly number: number;
  readonly process: Sprayproxy;
}

/** Two replicas of the program; the first is the one that drains the backend which is to be stopped. */
export type Replicas = readonly [Replica, Replica];

/** Starts two on a database server of their own. */
export async function startReplicas(
  variables: Readonly<Record<string, string>>,
  backend: DemoBackend,
  defer: Defer,
): Promise<Replicas> {
  const starting = PostgresServer.make();
  // Also if nobody waits for it any longer.
  defer(async () => {
    await (await starting.catch(() => undefined))?.remove();
  });
  const server = await starting;
  const env = { ...variables, SPRAYPROXY_SPOOL_URL: await server.freshDatabase() };
  const [one, two] = [1, 2].map(async (number) => {
    const process = Sprayproxy.start(env);
    defer(() => process.stop());
    return { number, process, ...(await process.urls()) };
  }) as [Promise<Replica>, Promise<Replica>];
  return inOrder(await Promise.all([one, two]), backend);
}

/** Asks them until one alone says how the backend fares. @throws Error if they do not agree on one. */
async function inOrder([one, two]: Replicas, { host }: DemoBackend): Promise<Replicas> {
  const since = performance.now();
  while (performance.now() - since < AGREE_TIMEOUT_MS) {
    const [first, second] = await Promise.all([one, two].map(({ metrics }) => speaksFor(host, metrics)));
    if (first === true && second === false) return [one, two];
    if (first === false && second === true) return [two, one];
    await delay(ASK_AGAIN_MS);
  }
  throw new Error('the replicas do not agree on who of them drains a backend');
}

async function speaksFor(host: string, metrics: string): Promise<boolean> {
  const text = await (await fetch(metrics)).text();
  return text.includes(`sprayproxy_backend_down{host="${host}"}`);
}
