import { BenchError } from '../../bench/bench-error.js';
import { parseOptions } from '../../bench/options.js';
import { SCENARIOS } from '../../bench/scenarios/scenarios.js';
import { thrownBy } from '../support/thrown-by.js';

const names = (args: string[]) => parseOptions(args, SCENARIOS).scenarios.map(({ name }) => name);

describe('the options', () => {
  it('measure everything unless told otherwise', () => {
    expect(names([])).toEqual(SCENARIOS.map(({ name }) => name));
  });

  it('pick scenarios by name, or by what stands before its dash, in the order of the tables', () => {
    expect(names(['--only', 'start,10k-3'])).toEqual(['10k-3', 'start']);
    expect(names(['--only', 'delayed'])).toEqual(['delayed-3', 'delayed-10']);
  });

  it('pick any scenario, quick or not', () => {
    expect(names(['--quick', '--only', '1m-3'])).toEqual(['1m-3']);
  });

  it('warm up for 4 s at least, unless it is to be quick', () => {
    expect(parseOptions(['--seconds', '1'], SCENARIOS).warmUpSeconds).toBeGreaterThanOrEqual(4);
  });

  it('name contenders, and a commit to compare with', () => {
    const args = ['--contenders', 'ours,peer', '--compare', 'main~3'];
    expect(parseOptions(args, SCENARIOS)).toMatchObject({ contenders: ['ours', 'peer'], compare: 'main~3' });
    expect(parseOptions([], SCENARIOS)).toMatchObject({ contenders: undefined, compare: undefined });
  });

  it('pick what runs in a pod', () => {
    expect(names(['--only', 'pod'])).toEqual(['pod-10k', 'pod-100k', 'pod-burst']);
  });

  it.each([
    ['--unknown', ['--unknown'], /Unknown option '--unknown'/],
    ['a word', ['quick'], /Unexpected argument 'quick'/],
    ['an unknown scenario', ['--only', '10k-3,10k-4'], /no scenario '10k-4'/],
    ['no scenario', ['--only', ''], /no scenario ''/],
    ['an unknown contender', ['--contenders', 'ours,theirs'], /no 'theirs'; there are ours, /],
    ['a contender that --compare brings', ['--contenders', 'before'], /no 'before'/],
    ['0 rounds', ['--rounds', '0'], /--rounds takes a whole number from 1 to 100/],
    ['101 rounds', ['--rounds', '101'], /--rounds takes/],
    ['half a second', ['--seconds', '0.5'], /--seconds takes a whole number from 1 to 600/],
    ['601 seconds', ['--seconds', '601'], /--seconds takes/],
  ])('refuse %s', (_, args, message) => {
    const error = thrownBy(() => parseOptions(args, SCENARIOS));
    expect(error).toBeInstanceOf(BenchError);
    expect(error).toMatchObject({ status: 2, message: expect.stringMatching(message) as string });
  });
});
