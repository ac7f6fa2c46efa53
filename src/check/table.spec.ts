import { type CheckResult } from './check-result.js';
import { resultLine, summaryLine } from './table.js';

const good: CheckResult = {
  check: 'dns',
  subject: 'https://a.example',
  status: 'ok',
  detail: '192.0.2.1',
  durationMs: 3,
};
const odd: CheckResult = {
  check: 'environment',
  subject: 'NAME',
  status: 'warning',
  detail: 'is \u001b[2Jodd',
  advice: 'correct it',
  durationMs: 12_345.6,
};

it('shows a result in a line, and what to do in another', () => {
  expect(resultLine(good) + resultLine(odd)).toBe(`\
ok           3.0 ms  dns          https://a.example: 192.0.2.1
warning  12345.6 ms  environment  NAME: is \\x1b[2Jodd
                                  -> correct it
`);
});

it('counts', () => {
  expect(summaryLine([good, good, odd])).toBe('\n2 checks ok, 1 warning, 0 faults\n');
});
