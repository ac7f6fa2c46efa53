import { Failure } from './failure.js';

it.each([
  [0, '', 'cannot be reached'],
  [400, 'since is empty', 'The service refuses this: since is empty.'],
  [401, '', 'sign in'],
  [403, 'Forbidden (user=jane)', 'may not do this: Forbidden (user=jane).'],
  [403, '', 'may not do this.'],
  [404, '404 page not found', 'SPRAYPROXY_SERVER_ENABLE_DELIVERIES=true'],
  [404, 'no such delivery', 'no such delivery'],
  [409, 'the payload is no longer kept', 'the payload is no longer kept'],
  [500, 'internal error', '500: internal error'],
  [502, 'bad gateway', 'cannot be reached'],
  [503, 'spool failed', 'spool failed'],
])('says in words what %i %j means', (status, text, words) => {
  expect(new Failure(status, text).words).toContain(words);
});

it.each([
  [404, 'no such delivery', true],
  [404, '404 page not found', false],
  [409, 'no such delivery', false],
])('%i %j: the delivery is unknown: %j', (status, text, unknown) => {
  expect(new Failure(status, text).isUnknownDelivery).toBe(unknown);
});

it.each([
  [0, true],
  [502, true],
  [503, false],
  [504, true],
  [404, false],
])('%i: contact is lost: %j', (status, lost) => {
  expect(new Failure(status, '').isLostContact).toBe(lost);
});
