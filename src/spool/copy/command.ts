import { type CommandContext } from '../../config/command-context.js';
import { UsageError } from '../../config/usage-error.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { UnusableError } from '../../model/unusable-error.js';
import { CopyError } from './copy-error.js';
import { type CopyCount, copySpool } from './copy-spool.js';
import { openSource, openTarget } from './open-ends.js';
import { COPY_USAGE, type CopyOptions, parseCopyOptions } from './options.js';
import { progressOn } from './progress.js';

/** What `--json` prints. */
export interface CopyReport extends CopyCount {
  /** Whether all is there. */
  readonly ok: boolean;
}

/**
 * `sprayproxy spool`: copies one spool to another.
 * @param args what follows `spool`
 * @returns the exit code: 1 if something is not there, 2 if it was called wrongly
 */
export async function spoolCommand(
  args: readonly string[],
  { env, stdout, stderr }: CommandContext,
): Promise<number> {
  try {
    const options = parseCopyOptions(args, env);
    if (options === undefined) {
      stdout.write(COPY_USAGE);
      return 0;
    }
    const count = await copy(options, progressOn(stderr));
    const report: CopyReport = { ok: count.damaged.length === 0, ...count };
    stdout.write(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : summary(count));
    return report.ok ? 0 : 1;
  } catch (error) {
    const wrong = error instanceof UsageError;
    if (!wrong && !KNOWN.some((known) => error instanceof known)) throw error;
    stderr.write(`sprayproxy spool: ${(error as Error).message}\n`);
    return wrong ? 2 : 1;
  }
}

const KNOWN = [CopyError, UnusableError, SprayproxyError];

async function copy({ from, to }: CopyOptions, onProgress: (count: CopyCount) => void): Promise<CopyCount> {
  const source = await openSource(from);
  try {
    const target = await openTarget(to);
    try {
      const rules = { guarantee: from.deliveryGuarantee, othersGotThrough: false };
      return await copySpool({ source, target, rules, onProgress });
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

function summary({ copied, there, renumbered, interrupted, damaged, backends }: CopyCount): string {
  const lines = [
    `${copied} deliveries copied, ${there} were there; ${backends} registered backends copied`,
    ...(renumbered > 0 ? [`${renumbered} have another id than before: theirs was another delivery's`] : []),
    ...(interrupted > 0 ? [`${interrupted} attempts were cut off; their outcome is unknown`] : []),
    ...(damaged.length > 0 ? [`${damaged.length} have a damaged payload: ${damaged.join(', ')}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}
