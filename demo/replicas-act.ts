import { type Defer, scoped } from '../testing/scoped.js';
import { type DemoBackend } from './backend.js';
import { type Webhook } from './github.js';
import { outageReport } from './outage-report.js';
import { print } from './print.js';
import { type Replicas, startReplicas } from './replicas.js';
import { faultLines } from './report.js';
import { type Takeover, takeover } from './takeover.js';

export interface ReplicasAct {
  /** Of both replicas. */
  readonly variables: Readonly<Record<string, string>>;
  readonly webhooks: readonly Webhook[];
  readonly backends: readonly [DemoBackend, DemoBackend];
  readonly signalled: Promise<void>;
}

/** Two replicas on one database, of which one is killed. @returns whether all went well; not, where a signal cut it short */
export const playReplicas = (act: ReplicasAct): Promise<boolean> =>
  scoped((defer) => Promise.race([play(act, defer), act.signalled.then(() => false)]));

async function play({ variables, webhooks, backends }: ReplicasAct, defer: Defer): Promise<boolean> {
  const [up, down] = backends;
  const replicas = await startReplicas(variables, down, defer);
  const [doomed, survivor] = replicas;
  const pids = replicas.map(
    ({ number, process }) => `replica ${number} is process ${process.pid ?? 'unknown'}`,
  );
  print(`
Now two replicas share one PostgreSQL (${pids.join(', ')}).
${down.name} is stopped. ${webhooks.length} webhooks come in, at each replica in turn; ${up.name} rejects the first.
Then replica ${doomed.number}, which sees to ${down.name}, is killed (SIGKILL), and ${down.name} comes back.
`);
  const died = [doomed, survivor].map(({ process }) => process.died);
  return report(await Promise.race([takeover(replicas, webhooks, backends), ...died]), replicas, backends);
}

/** @returns whether every webhook came once to each backend, in order to the one that was stopped. */
function report(taken: Takeover, [, survivor]: Replicas, backends: ReplicasAct['backends']): boolean {
  const { table, faults } = outageReport(taken, backends);
  print(table);
  const all = [...faults, ...faultLines([taken.redelivered], [])];
  if (all.length > 0) {
    print(`\nFAILED: NOT EVERY WEBHOOK THAT REPLICAS OWED ARRIVED AS IT SHOULD\n${all.join('\n')}`);
    return false;
  }
  const [up, down] = backends;
  print(`
202 accepted: what a backend was owed was committed by the database before the answer went out
The first, sent once more to replica ${survivor.number} in the end, reached ${up.name} alone, which had rejected it
What both replicas owed reached ${down.name} in order, all ${taken.sent.length}, ${seconds(taken.tookOverMs)} s after one was killed.`);
  return true;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);
