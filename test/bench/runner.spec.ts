import { runScenarios } from '../../bench/runner.js';
import { type Scenario } from '../../bench/scenarios/scenario.js';

const bench = {
  tools: { wrk: '', nginx: undefined },
  peer: undefined,
  before: undefined,
  seconds: 1,
  warmUpSeconds: 1,
  quick: true,
};

const scenario = (name: string, about: Partial<Scenario> = {}): Scenario => ({
  name,
  about: '',
  quick: true,
  contenders: ['ours', 'peer'],
  measure: () => Promise.resolve({ figures: { startMs: 1 }, faults: [] }),
  ...about,
});

const run = (scenarios: Scenario[], contenders?: readonly ['ours']) => {
  const heard: string[] = [];
  const wanted = { scenarios, contenders, rounds: 1 };
  return runScenarios(wanted, bench, (line) => heard.push(line)).then((all) => ({ ...all, heard }));
};

it('a scenario that cannot be measured on this machine is told of, and the others are measured', async () => {
  const pod = scenario('pod', { unavailable: () => 'no cgroup', measure: () => Promise.reject(new Error()) });
  const { skipped, results, heard } = await run([pod, scenario('start')], ['ours']);

  expect(skipped).toEqual(['pod was not measured: no cgroup']);
  expect(heard).toContain('pod was not measured: no cgroup');
  expect(results).toMatchObject([{ name: 'start', contenders: [{ contender: 'ours' }] }]);
});

it('a contender that is not there is told of, and the others are measured', async () => {
  const { skipped, results } = await run([scenario('start')]);

  expect(skipped).toContain('peer was not measured: BENCH_PEER names no command');
  expect(results[0]?.contenders.map(({ contender }) => contender)).toEqual(['ours']);
});

it('a contender that is not asked for is not told of', async () => {
  expect((await run([scenario('start')], ['ours'])).skipped).toEqual([]);
});

it('a contender that fails is a fault of its run', async () => {
  const { results } = await run([scenario('start', { measure: () => Promise.reject(new Error('no luck')) })]);
  expect(results[0]?.contenders[0]?.rounds).toMatchObject([
    { figures: {}, faults: [expect.stringContaining('no luck') as string] },
  ]);
});
