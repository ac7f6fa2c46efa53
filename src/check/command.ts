import { type CommandContext } from '../config/command-context.js';
import { type CheckResult } from './check-result.js';
import { CHECK_USAGE, parseCheckOptions } from './options.js';
import { runChecks } from './run-checks.js';
import { resultLine, summaryLine } from './table.js';
import { UsageError } from '../config/usage-error.js';

/** What `--json` prints. */
export interface CheckReport {
  /** Whether nothing would go wrong; there may be warnings. */
  readonly ok: boolean;
  readonly results: readonly CheckResult[];
}

/**
 * `sprayproxy check`: tells what would go wrong.
 * @param args what follows `check`
 * @returns the exit code: 1 if there is a fault, 2 if it was called wrongly
 */
export async function checkCommand(args: readonly string[], context: CommandContext): Promise<number> {
  try {
    const { help, json, timeoutMs } = parseCheckOptions(args);
    if (help) {
      context.stdout.write(CHECK_USAGE);
      return 0;
    }
    return await run(context, json, timeoutMs);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.stderr.write(`sprayproxy check: ${error.message}\n`);
    return 2;
  }
}

async function run({ env, stdout }: CommandContext, json: boolean, timeoutMs: number): Promise<number> {
  const results: CheckResult[] = [];
  const take = (result: CheckResult) => {
    results.push(result);
    // A backend that hangs takes its time; what is known is shown meanwhile.
    if (!json) stdout.write(resultLine(result));
  };
  await runChecks(env, { timeoutMs, now: Date.now }, take);
  const report: CheckReport = { ok: results.every(({ status }) => status !== 'fault'), results };
  stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : summaryLine(results));
  return report.ok ? 0 : 1;
}
