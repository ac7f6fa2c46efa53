import { BEFORE } from '../contenders/contender.js';
import { FIGURES } from '../measurement.js';
import { type ContenderResult, type ScenarioResult } from '../result.js';
import { figureText, TITLES } from './figure-columns.js';
import { markdownTable } from './markdown-table.js';
import { rangeText } from './target-text.js';

const TITLE_ROW = ['', 'before', 'ours', 'ours ÷ before', 'of the rounds'];

/** One table for each way to run ours that was measured beside the commit to compare with. */
export const comparedParts = ({ name, contenders }: ScenarioResult): string[] =>
  contenders.flatMap((ours) => {
    const before = contenders.find(({ contender }) => contender === BEFORE[ours.contender]);
    return before === undefined ? [] : [comparedPart(name, ours, before)];
  });

function comparedPart(name: string, ours: ContenderResult, before: ContenderResult): string {
  const rows = FIGURES.flatMap((figure) => {
    const spread = ours.ratiosToBefore[figure];
    if (spread === undefined) return [];
    const [old, now] = [before, ours].map(({ medians }) => figureText(medians[figure]));
    return [[TITLES[figure], old ?? '', now ?? '', figureText(spread.median), rangeText(spread)]];
  });
  return `**${name}**, ${ours.contender} ÷ ${before.contender}\n\n${markdownTable(TITLE_ROW, rows)}`;
}
