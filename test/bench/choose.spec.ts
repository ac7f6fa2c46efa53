import { chosen } from '../../bench/contenders/choose.js';
import { type Contender } from '../../bench/contenders/contender.js';

const ALL: readonly Contender[] = ['ours', 'ours-spool', 'floor', 'nginx', 'peer'];
const PLAIN = {
  tools: { wrk: '/wrk', nginx: '/nginx' },
  peer: 'a command',
  before: undefined,
  seconds: 1,
  warmUpSeconds: 1,
  quick: true,
};
const COMPARING = { ...PLAIN, before: { ref: 'HEAD', commit: '0', main: '/main.js' } };

describe('measured are', () => {
  it.each([
    ['all, unless told otherwise', PLAIN, undefined, ALL],
    ['those that are wanted', PLAIN, ['floor', 'ours'], ['ours', 'floor']],
    [
      'those that are there',
      { ...PLAIN, peer: undefined },
      undefined,
      ['ours', 'ours-spool', 'floor', 'nginx'],
    ],
    [
      'ours and what it is compared with',
      COMPARING,
      undefined,
      ['ours', 'before', 'ours-spool', 'before-spool'],
    ],
    ['what is compared, and those that are wanted', COMPARING, ['ours', 'peer'], ['ours', 'before', 'peer']],
    ['nobody, where none of those wanted takes part', PLAIN, ['ours-spool-one-down'], []],
  ] as const)('%s', (_, bench, only, expected) => {
    expect(chosen(ALL, only, bench)).toEqual(expected);
  });

  it('nobody, where nginx alone is wanted and is not installed', () => {
    expect(chosen(ALL, ['nginx'], { ...PLAIN, tools: { wrk: '/wrk', nginx: undefined } })).toEqual([]);
  });
});
