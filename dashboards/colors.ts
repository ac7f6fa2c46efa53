/** Grafana's names of colors: what is well, what is not yet lost, what needs somebody, what nobody can tell. */
export const GOOD = 'green';
export const WAITING = 'yellow';
export const WARNING = 'orange';
export const BAD = 'red';
export const UNKNOWN = 'purple';

/** Outcomes of an attempt, as the log and the metrics call them. */
export const OUTCOME_COLORS = { accepted: GOOD, rejected: WARNING, refused: BAD, unknown: UNKNOWN };

/** HTTP statuses of the answers to GitHub. */
export const STATUS_COLORS = {
  '200': GOOD,
  '202': WAITING,
  '400': WARNING,
  '408': 'light-orange',
  '413': 'dark-orange',
  '500': 'dark-red',
  '502': 'light-red',
  '503': BAD,
};

/** Label `error` of the attempts. */
export const ERROR_COLORS = { none: GOOD, 'http-error': WARNING, 'non-http-error': BAD };
