import { setTimeout as delay } from 'node:timers/promises';

import { loopbackUrl } from '../backends/backend-set.js';
import { startNginx } from '../backends/nginx-process.js';
import { type Bench } from '../bench-context.js';
import { BenchError } from '../bench-error.js';
import { nodeFlags } from '../../testing/node-flags.js';
import { MAIN } from '../../testing/paths.js';
import { ON_FREE_PORTS, programCommand } from '../../testing/run-program.js';
import { program } from '../paths.js';
import { Child } from '../../testing/child.js';
import { freePorts } from '../../testing/free-ports.js';
import { type Cgroup } from '../process/cgroup.js';
import { memory } from '../process/process-tree.js';
import { stopWholly } from '../process/until-gone.js';
import { untilReady } from '../process/until-ready.js';
import { type Contender, oneIsDown, remembersAll } from './contender.js';
import { mirrorConfig } from './mirror-config.js';
import { makeSpoolHome, type SpoolHome } from './spool-home.js';

/** Time after it was ready until a contender's memory counts as idle. */
const SETTLE_MS = 300;

export interface StartOptions {
  readonly contender: Contender;
  readonly secret: string;
  readonly backends: readonly string[];
  /** Absent: an empty one of its own. */
  readonly spool?: SpoolHome;
  readonly env?: Readonly<Record<string, string>>;
  readonly limit?: Cgroup | undefined;
  /** Does not wait until its memory is that of an idle process. */
  readonly hurried?: boolean;
}

/** A contender that has answered that it is ready, or healthy where it has no other word for it. */
export interface RunningContender {
  readonly child: Child;
  readonly url: string;
  /** Of Sprayproxies only. */
  readonly metricsUrl: string;
  readonly spool: SpoolHome;
  /** When its process was started, as `performance.now()` tells the time. */
  readonly startedAt: number;
  /** From the start of its process to that answer, in ms. */
  readonly startMs: number;
  /** Resident memory before it has had anything to do, in MiB. */
  readonly idleRssMiB: number;
  stop(): Promise<void>;
}

/** @throws BenchError if it does not get ready. */
export async function startContender(bench: Bench, options: StartOptions): Promise<RunningContender> {
  const [port, metricsPort, closedPort] = (await freePorts(3)) as [number, number, number];
  const oneDown = oneIsDown(options.contender);
  const backends = oneDown ? [...options.backends.slice(0, -1), loopbackUrl(closedPort)] : options.backends;
  const spool = options.spool ?? (await makeSpoolHome(options.contender));
  const startedAt = performance.now();
  const spawned = spawnContender(bench, { ...options, backends, spool }, { port, metricsPort });
  const { child } = spawned;
  const stop = async () => {
    await spawned.stop();
    if (options.spool === undefined) await spool.remove();
  };
  try {
    const startMs = await untilReady(loopbackUrl(port), child);
    if (options.hurried !== true) await delay(SETTLE_MS);
    const { rssMiB } = memory(child.pid);
    const urls = { url: loopbackUrl(port), metricsUrl: loopbackUrl(metricsPort) };
    return { child, ...urls, spool, startedAt, startMs, idleRssMiB: rssMiB, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Ports {
  readonly port: number;
  readonly metricsPort: number;
}

function spawnContender(
  bench: Bench,
  { contender, secret, backends, env = {}, limit, spool }: StartOptions & { readonly spool: SpoolHome },
  { port, metricsPort }: Ports,
): { child: Child; stop: () => Promise<void> } {
  if (contender === 'nginx') {
    if (bench.tools.nginx === undefined) throw new BenchError('nginx is not installed');
    return startNginx(bench.tools.nginx, mirrorConfig(port, backends), limit);
  }
  const command = commandOf(contender, bench);
  const child = Child.start(limit?.wrap(command) ?? command, {
    env: {
      NODE_ENV: 'production',
      GH_APP_WEBHOOK_SECRET: secret,
      ...ON_FREE_PORTS,
      SPRAYPROXY_SERVER_PORT: String(port),
      SPRAYPROXY_SERVER_METRICS_PORT: String(metricsPort),
      SPRAYPROXY_SERVER_BACKEND: backends.join(' '),
      ...(spool.url === undefined ? {} : { SPRAYPROXY_SPOOL_URL: spool.url }),
      ...(remembersAll(contender) ? { SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true' } : {}),
      ...env,
    },
  });
  return { child, stop: () => stopWholly(child) };
}

function commandOf(
  contender: Exclude<Contender, 'nginx'>,
  { peer, before }: Bench,
): readonly [string, ...string[]] {
  switch (contender) {
    case 'ours':
    case 'ours-spool':
    case 'ours-spool-one-down':
    case 'ours-postgres':
    case 'ours-postgres-deliveries':
    case 'ours-postgres-one-down':
      return programCommand('server');
    case 'before':
    case 'before-spool':
    case 'before-spool-one-down':
      if (before === undefined) throw new BenchError('nothing was built to compare with');
      return [process.execPath, ...nodeFlags(before.main), before.main, 'server'];
    case 'floor':
      return [process.execPath, ...nodeFlags(MAIN), program('floor')];
    case 'peer':
      return ['sh', '-c', peer ?? 'false'];
    default:
      return contender satisfies never;
  }
}
