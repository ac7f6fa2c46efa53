import { type Bench } from '../bench-context.js';
import { BEFORE, type Contender, CONTENDERS } from './contender.js';

/** Why a contender cannot be measured; `undefined`: it can. */
export function unavailable(contender: Contender, { tools, peer }: Bench): string | undefined {
  if (contender === 'nginx' && tools.nginx === undefined) {
    return 'nginx is not installed (minimal Node programs stand in as backends)';
  }
  return contender === 'peer' && peer === undefined ? 'BENCH_PEER names no command' : undefined;
}

/**
 * Those of a scenario that are measured, in the order of the tables. Where there is a commit to compare with, it stands
 * beside each way to run ours; and unless others are wanted, it is these alone: a comparison is to be done soon.
 * @param only `undefined`: it was not said.
 */
export function chosen(
  all: readonly Contender[],
  only: readonly Contender[] | undefined,
  bench: Bench,
): Contender[] {
  const comparing = bench.before !== undefined;
  const byDefault = (contender: Contender) => !comparing || BEFORE[contender] !== undefined;
  const wanted = all.filter(
    (contender) =>
      (only?.includes(contender) ?? byDefault(contender)) && unavailable(contender, bench) === undefined,
  );
  const twins = comparing ? wanted.flatMap((contender) => BEFORE[contender] ?? []) : [];
  return CONTENDERS.filter((contender) => wanted.includes(contender) || twins.includes(contender));
}
