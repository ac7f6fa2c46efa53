import { join } from 'node:path';

import { ScriptedGithub } from '../testing/github/scripted-github.js';
import { type Defer, scoped } from '../testing/scoped.js';
import { type DemoBackend } from './backend.js';
import { type Webhook } from './github.js';
import { print } from './print.js';
import { type Recovery, recover } from './recovery.js';
import { recoveryReport } from './recovery-report.js';
import { Sprayproxy } from './sprayproxy.js';

export interface RecoveryAct {
  readonly variables: Readonly<Record<string, string>>;
  readonly secret: string;
  /** For the key of the App and the spool. */
  readonly directory: string;
  /** The first is delivered before the program is killed. */
  readonly webhooks: readonly Webhook[];
  readonly backends: readonly DemoBackend[];
  readonly signalled: Promise<void>;
}

/** Webhooks fail while the program is down, and come back with it. @returns whether all went well; not, where a signal cut it short */
export const playRecovery = (act: RecoveryAct): Promise<boolean> =>
  scoped((defer) => Promise.race([play(act, defer), act.signalled.then(() => false)]));

async function play(act: RecoveryAct, defer: Defer): Promise<boolean> {
  const { directory, secret, webhooks, backends } = act;
  const github = await ScriptedGithub.start({ directory, secret });
  defer(() => github.stop());
  const start = (): Sprayproxy => {
    const started = Sprayproxy.start({
      ...act.variables,
      ...github.env,
      SPRAYPROXY_SPOOL_URL: `file:${join(directory, 'recovery-spool')}`,
    });
    defer(() => started.stop());
    return started;
  };
  print(`
Now Sprayproxy has the id and a key of its GitHub App; GitHub is played by ${github.url}.
One webhook is delivered. Then Sprayproxy is killed (SIGKILL), and nobody takes the next ${webhooks.length - 1}.
It is started again, and asks GitHub for them.
`);
  return report(await recover(github, start, webhooks, backends), backends);
}

/** @returns whether every webhook came once to each backend, and GitHub was asked once for those that had failed. */
function report(recovery: Recovery, backends: readonly DemoBackend[]): boolean {
  const { table, faults } = recoveryReport(recovery, backends);
  print(table);
  if (faults.length > 0) {
    print(`\nFAILED: NOT EVERY WEBHOOK THAT GITHUB COULD NOT DELIVER CAME BACK\n${faults.join('\n')}`);
    return false;
  }
  const tookS = ((recovery.allBackAt - recovery.startedAt) / 1000).toFixed(1);
  print(`
first answer: what GitHub got at its first attempt; asked for: how often it was asked to try again
All that nobody had taken reached both backends once, ${tookS} s after Sprayproxy was started again.`);
  return true;
}
