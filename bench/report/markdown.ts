import { type AboutBuild } from '../build/build.js';
import { ABOUT, CONTENDERS } from '../contenders/contender.js';
import { FIGURES } from '../measurement.js';
import { type ContenderResult, type Result, type ScenarioResult } from '../result.js';
import { comparedParts } from './compared.js';
import { disturbanceText } from './disturbance.js';
import { figureText, TITLES } from './figure-columns.js';
import { markdownTable } from './markdown-table.js';
import { targetCells } from './target-text.js';

const FILE_MEMORY =
  "RSS counts the pages of files that are mapped, the program's and the spool's, which the kernel takes back when memory is short; a limit counts them only for who read them first";

/** The tables, for a terminal as for `docs/measurements.md`. */
export function markdown(result: Result): string {
  const parts = [
    ...invalidPart(result),
    runLine(result),
    ...(result.before === null ? [targetsPart(result)] : result.scenarios.flatMap(comparedParts)),
    legend(result),
    ...result.scenarios.map(scenarioPart),
    ...notesPart(result),
  ];
  return `${parts.join('\n\n')}\n`;
}

function invalidPart({ faults }: Result): string[] {
  if (faults.length === 0) return [];
  return [
    `**INVALID: ${faults.length} fault${faults.length > 1 ? 's' : ''}. The runs that have one count for nothing:**\n\n${bullets(faults)}`,
  ];
}

function runLine(result: Result): string {
  const { date, machine, versions, rounds, seconds, warmUpSeconds, quick, scenarios } = result;
  const flags = versions.nodeFlags.length > 0 ? ` with ${versions.nodeFlags.join(' ')}` : '';
  const how = quick
    ? 'a quick run, which measures nothing'
    : `medians of ${rounds} rounds, ratios taken round by round`;
  return `Sprayproxy ${versions.sprayproxy}, ${date.slice(0, 10)}: ${how}, each ${seconds} s of load after ${warmUpSeconds} s of
warm-up; load, contender, database and backends on one machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryMiB} MiB, Linux
${machine.kernel}, spools on ${machine.spoolFileSystem}, load average before the run ${machine.loadAverage.toFixed(1)}. Node ${versions.node}${flags}, wrk ${versions.wrk}, nginx ${versions.nginx ?? 'not installed'}, PostgreSQL ${versions.postgres}. ${disturbanceText(scenarios)}`;
}

const commitText = ({ ref, commit, nodeFlags }: AboutBuild): string =>
  `the commit to compare with: ${[ref, commit, ...nodeFlags].join(' ')}`;

const targetsPart = ({ targets }: Result): string =>
  markdownTable(['target', 'wanted', 'measured', 'of the rounds', ''], targets.map(targetCells));

function legend({ scenarios, before }: Result): string {
  const measured = new Set(
    scenarios.flatMap(({ contenders }) => contenders.map(({ contender }) => contender)),
  );
  const contenders = CONTENDERS.filter((each) => measured.has(each)).map((each) => `${each}: ${ABOUT[each]}`);
  const commit = before === null ? [] : [commitText(before)];
  return bullets([...contenders, ...commit, FILE_MEMORY]);
}

/** One row for each contender; where there is a floor, the webhooks/s as a part of the floor's come first. */
function scenarioPart({ name, about, contenders }: ScenarioResult): string {
  const shown = FIGURES.filter((figure) => contenders.some(({ medians }) => medians[figure] !== undefined));
  const hasFloor = contenders.some(({ ratiosToFloor }) => ratiosToFloor.webhooksPerS !== undefined);
  const titles = ['', ...(hasFloor ? ['of floor'] : []), ...shown.map((figure) => TITLES[figure])];
  const row = ({ contender, medians, ratiosToFloor }: ContenderResult) => [
    contender,
    ...(hasFloor ? [figureText(ratiosToFloor.webhooksPerS?.median)] : []),
    ...shown.map((figure) => figureText(medians[figure])),
  ];
  return `**${name}**: ${about}\n\n${markdownTable(titles, contenders.map(row))}`;
}

function notesPart({ skipped, scenarios }: Result): string[] {
  const notes = scenarios.flatMap(({ contenders }) =>
    contenders.flatMap(({ rounds }) => rounds.flatMap((round) => round.notes ?? [])),
  );
  const all = [...new Set([...skipped, ...notes])];
  return all.length === 0 ? [] : [bullets(all)];
}

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n');
