import { type LaneView } from '../lane-views.js';
import { laneTable } from './backends.js';

const lane: LaneView = {
  backend: 'https://a.example.com',
  host: 'a.example.com',
  origin: 'static',
  state: 'up',
  owed: 0,
  running: 0,
  dead: 3,
  rejected: 0,
  attemptsPerMinute: [],
  latencyMs: [],
};

it('has a line for each backend, safe for a terminal', () => {
  const since = '2026-01-02T03:04:05.000Z';
  const down: LaneView = { ...lane, state: 'down', since, reason: 'answered 503: \u001b[31m', owed: 7 };
  const pause = { since, until: '2026-01-02T05:04:05.000Z', reason: 'upgrade' };
  const rows = laneTable([lane, down, { ...lane, state: 'paused', pause, reason: 'ECONNREFUSED' }]).split(
    '\n',
  );
  expect(rows.map((row) => row.split(/ {2,}/).slice(1))).toEqual([
    ['STATE', 'SINCE', 'UNTIL', 'OWED', 'DEAD', 'OLDEST OWED', 'LAST SUCCESS', 'WHY'],
    ['up', '-', '-', '0', '3', '-', '-', '-'],
    ['down', since, '-', '7', '3', '-', '-', 'answered 503: \\x1b[31m'],
    ['paused', since, pause.until, '0', '3', '-', '-', 'upgrade'],
    [],
  ]);
});

it('says so where there is none', () => {
  expect(laneTable([])).toBe('no backends\n');
});
