import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { onCleanup } from '../../support/cleanup.js';
import { startPostgres } from '../../support/postgres/start-postgres.js';
import { type FaultyRun, startFaultyRun } from './faulty-run.js';
import { writeHistory } from './history.js';
import { startInFront } from './in-front.js';
import { startKubeState } from './kube-state.js';
import { Prometheus, type Target } from './prometheus.js';
import { targetsOf } from './replicas.js';
import { RULE_FILES } from './rule-files.js';

const DAY = 24 * 60;

/** A Prometheus that has seen everything that can go wrong, and remembers better days. */
export async function startTroubledPrometheus(): Promise<{ run: FaultyRun; prometheus: Prometheus }> {
  const directory = mkdtempSync(join(tmpdir(), 'sprayproxy-prometheus-'));
  onCleanup(() => {
    rmSync(directory, { recursive: true });
  });
  const run = await startFaultyRun(directory, await (await startPostgres()).freshDatabase());
  const targets = targetsOf(run.replicas);
  rememberBetterDays(directory, targets, [...run.backends.names.keys()]);
  const prometheus = await Prometheus.start({
    directory,
    targets: [
      ...targets,
      await startKubeState(run.replicas.map(({ pod }) => pod)),
      ...(await startInFront()),
    ],
    ruleFiles: RULE_FILES,
  });
  await run.round();
  await run.backends.begin();
  await run.round();
  await run.round({ overloaded: true });
  await prometheus.until('ALERTS{alertname="SprayproxyOverloaded"}');
  return { run, prometheus };
}

/** What the rules that look back look at: webhooks at this hour yesterday and a week ago, nothing owed half an hour ago. */
function rememberBetterDays(directory: string, targets: readonly Target[], hosts: readonly string[]): void {
  const past = targets.flatMap(({ address, labels }) => {
    const webhooks = {
      metric: 'sprayproxy_webhook_payload_bytes_count',
      labels: { ...labels, instance: address },
    };
    const owed = hosts.map((host) => ({
      metric: 'sprayproxy_forwards_owed',
      labels: { ...webhooks.labels, host },
      minutesAgo: [31, 19] as const,
      value: () => 0,
    }));
    const days = [1, 7].map((days) => ({
      ...webhooks,
      minutesAgo: [days * DAY + 31, days * DAY - 31] as const,
      value: (n: number) => n,
    }));
    return [...owed, ...days];
  });
  writeHistory(directory, past);
}
