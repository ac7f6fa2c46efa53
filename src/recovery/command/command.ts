import { type CommandContext } from '../../config/command-context.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { UsageError } from '../../config/usage-error.js';
import { type FailedDelivery } from '../failed-delivery.js';
import { Github } from '../github/github.js';
import { GithubFault } from '../github/github-fault.js';
import { Reading } from '../reading.js';
import { verdictOf } from '../verdict.js';
import { parseRecoverOptions, RECOVER_USAGE } from './options.js';
import { failedTable, progressBar } from './table.js';

/** Variables that do not matter here may be wrong, or missing. */
const OURS =
  /^(GH_APP_ID|GH_APP_PRIVATE_KEY_FILE|SPRAYPROXY_GITHUB_|SPRAYPROXY_RECOVERY_|HTTPS?_PROXY|https?_proxy)/;

/** What takes longer is said to be under way. */
const SLOW_MS = 3000;

/**
 * `sprayproxy recover`: asks GitHub to send again what it could not deliver.
 * @param args what follows `recover`
 * @returns the exit code: 1 if something could not be asked for, 2 if it was called wrongly
 */
export async function recoverCommand(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    const { help, sinceMs, dryRun } = parseRecoverOptions(args);
    if (help) {
      context.stdout.write(RECOVER_USAGE);
      return 0;
    }
    return await recover(context, sinceMs, dryRun);
  } catch (error) {
    const isWrong = error instanceof UsageError;
    if (!isWrong && !(error instanceof GithubFault)) throw error;
    context.stderr.write(`sprayproxy recover: ${error.message}\n`);
    return isWrong ? 2 : 1;
  }
}

async function recover(context: CommandContext, sinceMs: number, dryRun: boolean): Promise<number> {
  const { config, faults } = SprayproxyConfig.read(context.env);
  const [fault] = faults.filter((text) => OURS.test(text));
  if (config.recovery === undefined || fault !== undefined) {
    const why = fault ?? 'GH_APP_ID and GH_APP_PRIVATE_KEY_FILE must be set';
    context.stderr.write(`sprayproxy recover: ${why}\n`);
    return 1;
  }
  const github = new Github(config.recovery);
  const { apiUrl, proxy } = config.recovery;
  const through = proxy === undefined ? '' : ` through ${proxy.origin}`;
  const patience = setTimeout(() => {
    context.stderr.write(
      `sprayproxy recover: reading what ${apiUrl}${through} has; it has not answered yet\n`,
    );
  }, SLOW_MS);
  const failed = await failedSince(github, Date.now() - sinceMs).finally(() => {
    clearTimeout(patience);
  });
  if (failed.length === 0) {
    context.stdout.write('GitHub has delivered everything.\n');
    return 0;
  }
  if (dryRun) {
    context.stdout.write(failedTable(failed));
    return 0;
  }
  return ask(github, failed, context);
}

async function failedSince(github: Github, since: number): Promise<FailedDelivery[]> {
  const reading = new Reading(new Map());
  pages: for await (const page of github.deliveries()) {
    for (const attempt of page) {
      if (attempt.at < since) break pages;
      reading.take(attempt);
    }
  }
  // Who calls it may have set the secret right, whenever that was.
  const rules = { intervalMs: 0, maxAgeMs: Infinity, maxAttempts: 1, secretsSince: Infinity };
  return [...reading.end().failed.values()].filter(
    (delivery) => verdictOf(delivery, undefined, rules, Date.now()) === 'ask',
  );
}

async function ask(
  github: Github,
  failed: readonly FailedDelivery[],
  { stdout, stderr }: CommandContext,
): Promise<number> {
  const isWatched = (stderr as Partial<NodeJS.WriteStream>).isTTY === true;
  let asked = 0;
  const refused: string[] = [];
  for (const { first, latest } of failed) {
    try {
      await github.redeliver(latest.id);
      asked += 1;
    } catch (error) {
      if (!(error instanceof GithubFault) || error.reason !== 'gone') {
        stdout.write(`${asked} of ${failed.length} asked for\n`);
        throw error;
      }
      refused.push(first.guid);
    }
    if (isWatched) stderr.write(progressBar(asked + refused.length, failed.length));
  }
  if (isWatched) stderr.write('\n');
  stdout.write(`${asked} of ${failed.length} asked for\n`);
  for (const guid of refused) stdout.write(`GitHub cannot send ${guid} again\n`);
  return refused.length === 0 ? 0 : 1;
}
