import { type CommandContext } from '../../config/command-context.js';
import { UsageError } from '../../config/usage-error.js';
import { type Action, type Count, type OperationView } from '../operations/operation.js';
import { type DryRunView } from '../operations/operations.controller.js';
import { asJson } from './as-json.js';
import { agrees } from './agrees.js';
import { ask } from './client.js';
import { follow } from './follow.js';
import { manyUsage, type ManyOptions, parseManyOptions } from './many-options.js';
import { countOf, endOf } from './operation-text.js';

/** Millions are counted for minutes. */
const COUNT_TIMEOUT_MS = 900_000;

/** As a shell has it for what was ended by Ctrl-C. */
const INTERRUPTED = 130;

const WILL = { resend: 'sent again', discard: 'discarded' } as const;

/** `sprayproxy deliveries resend`, `discard`. @throws UsageError, CommandError */
export async function manyCommand(
  action: Action,
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { env, stdout, stderr, stdin } = context;
  const options = parseManyOptions(action, args, env);
  if (options === undefined) {
    stdout.write(manyUsage(action));
    return 0;
  }
  const { json, yes } = options;
  if (!yes && stdin?.isTTY !== true) throw new UsageError('nobody can be asked here: give --yes');
  const { filters, ...count } = await dryRun(action, options);
  if (count.forwards === 0) {
    stderr.write('nothing to do\n');
    if (json) stdout.write(asJson({ filters, ...count }));
    return 0;
  }
  const what = `${countOf(count)} will be ${WILL[action]}`;
  stderr.write(`${what}\n`);
  if (!yes && stdin !== undefined && !(await agrees(stdin, stderr))) {
    stderr.write('nothing was changed\n');
    return 1;
  }
  const begun = (await request(action, { ...options, filters })) as OperationView;
  const operation = await follow(options, begun, stderr);
  if (operation === undefined) {
    const { id } = begun;
    stderr.write(`operation ${id} goes on; to end it: sprayproxy deliveries cancel ${id}\n`);
    return INTERRUPTED;
  }
  stdout.write(json ? asJson(operation) : `${endOf(operation)}\n`);
  return operation.state === 'done' ? 0 : 1;
}

const dryRun = async (action: Action, options: ManyOptions): Promise<DryRunView & Count> =>
  (await request(action, options, { dryRun: true })) as DryRunView;

const request = (
  action: Action,
  options: Pick<ManyOptions, 'url' | 'token' | 'filters' | 'accepted'>,
  more: object = {},
): Promise<unknown> => {
  const { filters, accepted } = options;
  return ask(options, {
    ...(action === 'resend'
      ? { method: 'POST', target: '/deliveries/attempts' }
      : { method: 'DELETE', target: '/deliveries' }),
    body: { ...filters, ...(accepted && { accepted }), ...more },
    timeoutMs: COUNT_TIMEOUT_MS,
  });
};
