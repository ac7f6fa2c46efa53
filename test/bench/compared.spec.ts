import { type Contender } from '../../bench/contenders/contender.js';
import { type Measurement } from '../../bench/measurement.js';
import { comparedParts } from '../../bench/report/compared.js';
import { runScenario } from '../../bench/runner.js';
import { type Scenario } from '../../bench/scenarios/scenario.js';

const bench = {
  tools: { wrk: '', nginx: undefined },
  peer: undefined,
  before: undefined,
  seconds: 1,
  warmUpSeconds: 1,
  quick: true,
};

/** Each measurement is the next of its contender's list. */
function scenario(measured: Partial<Record<Contender, Measurement[]>>): [Scenario, Contender[]] {
  const order: Contender[] = [];
  const measure = (contender: Contender) => {
    order.push(contender);
    const next = measured[contender]?.shift();
    return next === undefined ? Promise.reject(new Error('no more')) : Promise.resolve(next);
  };
  return [{ name: 'a', about: '', quick: true, contenders: ['ours'], measure }, order];
}

const rate = (webhooksPerS: number): Measurement => ({ figures: { webhooksPerS }, faults: [] });

const run = (measured: Parameters<typeof scenario>[0], rounds: number) => {
  const [tested, order] = scenario(measured);
  const contenders = Object.keys(measured) as Contender[];
  const result = runScenario(tested, { bench, contenders, rounds, progress: () => undefined });
  return { result, order };
};

describe('a comparison', () => {
  it('has both change places, and tells the median and the range of the rounds', async () => {
    const measured = { ours: [rate(110), rate(30), rate(240)], before: [rate(100), rate(20), rate(200)] };
    const { result, order } = run(measured, 3);

    const [table] = comparedParts(await result);
    expect(order).toEqual(['ours', 'before', 'before', 'ours', 'before', 'ours']);
    expect(table).toMatch(/^\*\*a\*\*, ours ÷ before\n/);
    expect(table).toMatch(/^\| webhooks\/s +\| +100 \| +110 \| +1\.20 \| +1\.10 to 1\.50 \|$/m);
  });

  it('keeps the rounds in their order, each with the place it had', async () => {
    const { result } = run({ ours: [rate(1), rate(2)], before: [rate(3), rate(4)] }, 2);

    const rounds = (await result).contenders.map((each) => each.rounds);
    expect(rounds).toMatchObject([
      [
        { ...rate(1), place: 1 },
        { ...rate(2), place: 2 },
      ],
      [
        { ...rate(3), place: 2 },
        { ...rate(4), place: 1 },
      ],
    ]);
  });

  it('leaves out a round that is invalid for either', async () => {
    const { result } = run({ ours: [rate(1), rate(9)], before: [rate(1)] }, 2);
    expect((await result).contenders[0]?.ratiosToBefore).toEqual({
      webhooksPerS: { median: 1, min: 1, max: 1 },
    });
  });

  it('is not there where nothing was built to compare with', async () => {
    const { result } = run({ ours: [rate(1)], floor: [rate(2)] }, 1);
    expect(comparedParts(await result)).toEqual([]);
  });
});
