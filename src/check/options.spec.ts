import { parseCheckOptions } from './options.js';
import { UsageError } from '../config/usage-error.js';

it.each([
  [[], { json: false, help: false, timeoutMs: 5000 }],
  [['--json', '--timeout', '1m30s'], { json: true, help: false, timeoutMs: 90_000 }],
  [['--timeout=1ms'], { json: false, help: false, timeoutMs: 1 }],
  [['--timeout=10m'], { json: false, help: false, timeoutMs: 600_000 }],
  [['--help'], { json: false, help: true, timeoutMs: 5000 }],
])('understands %j', (args, expected) => {
  expect(parseCheckOptions(args)).toEqual(expected);
});

it.each([
  [['--colour'], "Unknown option '--colour'"],
  [['server'], "Unexpected argument 'server'"],
  [['--json=no'], "Option '--json' does not take an argument"],
  [['--timeout'], "Option '--timeout <value>' argument missing"],
  [['--timeout', '5'], '--timeout must be a duration from 1ms to 10m'],
  [['--timeout', '0'], '--timeout must be a duration from 1ms to 10m'],
  [['--timeout', '10m1ms'], '--timeout must be a duration from 1ms to 10m'],
])('refuses %j', (args, why) => {
  const parse = () => parseCheckOptions(args);
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(why);
});
