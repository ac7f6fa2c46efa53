import { outcomeOfFailure, outcomeOfStatus } from './outcome.js';

describe('outcomeOfStatus', () => {
  const refused = [401, 403, 404, 405, 407, 408, 421, 425, 429, 503];
  const statuses = (first: number, last: number) =>
    Array.from({ length: last - first + 1 }, (_, n) => first + n).filter(
      (status) => !refused.includes(status),
    );

  it.each([
    ['accepted', statuses(200, 299)],
    ['refused', statuses(300, 399)],
    ['refused', refused],
    ['rejected', statuses(400, 499)],
    ['unknown', statuses(500, 599)],
  ])('is %s for each of %j', (outcome, all) => {
    expect(all.map(outcomeOfStatus)).toEqual(all.map(() => outcome));
  });
});

it.each([
  [false, 'refused'],
  [true, 'unknown'],
])('a failure without an answer, the request begun: %j, is %s', (requestBegan, outcome) => {
  expect(outcomeOfFailure(requestBegan)).toBe(outcome);
});
