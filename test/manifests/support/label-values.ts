import {
  ANSWER_STATUSES,
  FORWARD_ERRORS,
  REJECTION_REASONS,
  WAIT_RESULTS,
} from '../../../src/metrics/names.js';
import { OUTCOMES } from '../../../src/model/outcome.js';
import { type Matcher, passes } from './promql.js';

/** The values that the program gives its labels, as far as they are known beforehand. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  error: FORWARD_ERRORS,
  origin: ['static', 'registered'],
  outcome: OUTCOMES,
  reason: REJECTION_REASONS,
  result: WAIT_RESULTS,
  status: ANSWER_STATUSES.map(String),
};

/** Those alternatives of a matcher, as `x` and `y` of `label=~"x|y"`, that no series ever has. */
export function neverSeen({ label, value }: Matcher): string[] {
  const known = KNOWN[label];
  if (known === undefined) return [];
  return value
    .split('|')
    .filter((each) => !known.some((one) => passes({ label, operator: '=~', value: each }, one)));
}
