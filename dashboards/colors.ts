/**
 * Colors by what they say, by the names that Grafana has for them: what is well, what is not yet lost, what needs somebody, what
 * is bad, what nobody can tell, what is lost, and what says nothing.
 */
export const GOOD = 'green';
export const WAITING = 'yellow';
export const WARNING = 'orange';
export const BAD = 'red';
export const UNKNOWN = 'purple';
export const LOST = 'dark-red';
export const NEUTRAL = 'blue';

/** Replicas, by the last character of their names: one is told from another, and is the same everywhere. */
export const REPLICA_COLORS = {
  '.*[048cgkosw]': NEUTRAL,
  '.*[159dhlptx]': 'light-blue',
  '.*[26aeimquy]': 'dark-blue',
  '.*[37bfjnrvz]': 'super-light-blue',
};

/** Quantiles: the rarer the darker. */
export const QUANTILE_COLORS = { p50: 'super-light-blue', p95: NEUTRAL, p99: 'dark-blue' };

/** Outcomes of an attempt, as the log and the metrics call them, and what becomes of a forward after it. */
export const OUTCOME_COLORS = {
  accepted: GOOD,
  rejected: WARNING,
  refused: BAD,
  unknown: UNKNOWN,
  owed: WAITING,
  dead: LOST,
};

/** HTTP statuses of the answers to GitHub. */
export const STATUS_COLORS = {
  '200': GOOD,
  '202': WAITING,
  '400': WARNING,
  '408': 'light-orange',
  '413': 'dark-orange',
  '500': LOST,
  '502': 'light-red',
  '503': BAD,
};

/** Label `error` of the attempts. */
export const ERROR_COLORS = { none: GOOD, 'http-error': WARNING, 'non-http-error': BAD };

/** Label `reason` of webhooks turned away: by whoever knocks, by the way here, by us. */
export const REJECTION_COLORS = {
  signature: WARNING,
  malformed: 'light-orange',
  headers: 'dark-orange',
  size: WAITING,
  timeout: UNKNOWN,
  aborted: 'light-purple',
  overload: BAD,
};

/** Label `reason` of connections that came to no TLS. */
export const HANDSHAKE_COLORS = { failed: BAD, timeout: UNKNOWN, evicted: WARNING };

/** Label `result` of webhooks that waited for room. */
export const WAIT_COLORS = { admitted: GOOD, aborted: WARNING, refused: BAD };

/** Label `result` of rounds of recovery. */
export const ROUND_COLORS = { good: GOOD, failed: BAD };

/** What became of the webhooks that GitHub was asked for. */
export const RECOVERY_COLORS = { requested: WAITING, recovered: GOOD, 'given up': LOST };
