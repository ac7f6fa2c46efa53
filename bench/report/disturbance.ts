import { type RoundResult, type ScenarioResult } from '../result.js';
import { median } from '../statistics.js';

/** How far the machine was left alone, and was the same to all; empty where nobody was measured. */
export function disturbanceText(scenarios: readonly ScenarioResult[]): string {
  const rounds = scenarios.flatMap(({ contenders }) => contenders.flatMap((each) => each.rounds));
  return [othersText(rounds), speedText(rounds)].filter((text) => text !== '').join(' ');
}

function othersText(rounds: readonly RoundResult[]): string {
  const all = rounds.flatMap(({ othersPercent }) => othersPercent ?? []);
  const usual = median(all);
  if (usual === undefined) return '';
  return `Others had ${usual.toFixed(0)} % of the machine's CPU time under load, ${Math.max(...all).toFixed(0)} % at most.`;
}

function speedText(rounds: readonly RoundResult[]): string {
  const all = rounds.map((each) => each.fixedWorkMs);
  if (all.length === 0) return '';
  const [least, most] = [Math.min(...all), Math.max(...all)].map((ms) => ms.toFixed(0));
  return `One piece of work, always the same, took ${least} to ${most} ms of CPU time between the runs.`;
}
