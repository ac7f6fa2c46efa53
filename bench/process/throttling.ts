/** What a CPU quota has done to those who have it. */
export interface Throttling {
  /** In which they had anything to do. */
  readonly periods: number;
  /** Of these, in which the quota was used up and all of them stood still. */
  readonly throttled: number;
}

/** @param cpuStat the text of a `cpu.stat`, of cgroup v1 or v2. */
export function parseThrottling(cpuStat: string): Throttling {
  const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(cpuStat)?.[1] ?? 0);
  return { periods: value('nr_periods'), throttled: value('nr_throttled') };
}

/** How many of 100 periods were throttled between two looks; `undefined`: there were none. */
export function throttledPercent(before: Throttling, after: Throttling): number | undefined {
  const periods = after.periods - before.periods;
  return periods === 0 ? undefined : (100 * (after.throttled - before.throttled)) / periods;
}
