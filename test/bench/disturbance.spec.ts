import { fixedWorkMs } from '../../bench/process/machine-speed.js';
import { disturbanceText } from '../../bench/report/disturbance.js';
import { type RoundResult } from '../../bench/result.js';

const text = (rounds: Pick<RoundResult, 'othersPercent' | 'fixedWorkMs'>[]): string =>
  disturbanceText([
    {
      name: 'a',
      about: '',
      contenders: [
        {
          contender: 'ours',
          rounds: rounds.map((each, at) => ({ figures: {}, faults: [], place: at + 1, ...each })),
          medians: {},
          ratiosToFloor: {},
          ratiosToBefore: {},
        },
      ],
    },
  ]);

it.each([
  [[], ''],
  [
    [{ fixedWorkMs: 40 }],
    'One piece of work, always the same, took 40 to 40 ms of CPU time between the runs.',
  ],
  [
    [
      { fixedWorkMs: 40, othersPercent: 2 },
      { fixedWorkMs: 65, othersPercent: 3 },
      { fixedWorkMs: 50, othersPercent: 31 },
    ],
    "Others had 3 % of the machine's CPU time under load, 31 % at most. One piece of work, always the same, took 40 to 65 ms of CPU time between the runs.",
  ],
])('the disturbance of %j is told', (rounds, expected) => {
  expect(text(rounds)).toBe(expected);
});

it('a piece of work takes CPU time', () => {
  expect(fixedWorkMs()).toBeGreaterThan(0);
});
