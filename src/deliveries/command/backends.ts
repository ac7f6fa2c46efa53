import { type CommandContext } from '../../config/command-context.js';
import { commandOptions } from '../../config/command-options.js';
import { type LaneView } from '../lane-views.js';
import { type LaneList } from '../lanes.controller.js';
import { asJson } from './as-json.js';
import { cell, table } from './cells.js';
import { ask, NOT_OURS } from './client.js';
import { CommandError } from './command-error.js';
import { CONNECTION_USAGE, SHOWING_OPTIONS } from './common-options.js';
import { connectionOf } from './options.js';

const USAGE = `Usage: sprayproxy deliveries backends [options]

Shows how each backend fares, and what it is owed. What was attempted is what the replica that answers has attempted.

${CONNECTION_USAGE}
  --json                prints JSON
  --help                shows this

Exit code: 0 here they are, 1 they cannot be had, 2 it was called wrongly.
`;

const HEAD = ['BACKEND', 'STATE', 'SINCE', 'UNTIL', 'OWED', 'DEAD', 'OLDEST OWED', 'LAST SUCCESS', 'WHY'];

/** `sprayproxy deliveries backends`. @throws UsageError, CommandError */
export async function backendsCommand(
  args: readonly string[],
  { env, stdout }: CommandContext,
): Promise<number> {
  const { values } = commandOptions({ args: [...args], options: SHOWING_OPTIONS });
  if (values.help === true) {
    stdout.write(USAGE);
    return 0;
  }
  const answer = (await ask(connectionOf(values, env), { target: '/deliveries/backends' })) as LaneList;
  if (!Array.isArray(answer.backends)) throw new CommandError(NOT_OURS);
  stdout.write(values.json === true ? asJson(answer) : laneTable(answer.backends));
  return 0;
}

/** A line for each. */
export function laneTable(lanes: readonly LaneView[]): string {
  const rows = lanes.map(({ backend, state, pause, since, reason, ...lane }) =>
    [
      ...[backend, state, pause?.since ?? since, pause?.until, lane.owed, lane.dead],
      ...[lane.oldestOwedAt, lane.lastAcceptedAt, pause === undefined ? reason : pause.reason],
    ].map(cell),
  );
  return rows.length === 0 ? 'no backends\n' : table([HEAD, ...rows]);
}
