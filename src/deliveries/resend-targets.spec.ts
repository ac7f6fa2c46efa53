import { Backend } from '../model/backend.js';
import { filteredForward, type ForwardState, newForward } from '../model/forward.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { targetsOf } from './resend-targets.js';

const STATES: readonly ForwardState[] = ['owed', 'dead', 'accepted', 'rejected'];
const url = (name: string) => `https://${name}.example.com`;
const stored = {
  forwards: [
    ...STATES.map((state) => ({ ...newForward(url(state)), state, attemptCount: 1 })),
    filteredForward(url('filtered'), 'events'),
  ],
} as unknown as StoredDelivery;
const registered = [...STATES, 'filtered', 'other'].map((name) => new Backend(new URL(url(name)), 'static'));
const targets = (wanted: { backend?: string; accepted: boolean }, of = registered) =>
  targetsOf(stored, wanted, of).map(({ url: target }) => target);

it.each([
  [{ accepted: false }, ['owed', 'dead', 'rejected']],
  [{ accepted: true }, STATES],
  [{ accepted: false, backend: url('dead') }, ['dead']],
  [{ accepted: true, backend: url('accepted') }, ['accepted']],
  [{ accepted: false, backend: url('filtered') }, ['filtered']],
  [{ accepted: true, backend: url('filtered') }, ['filtered']],
])('%j goes to %j', (wanted, names) => {
  expect(targets(wanted)).toEqual(names.map(url));
});

it('leaves out those that are not registered', () => {
  expect(targets({ accepted: false }, registered.slice(1))).toEqual([url('dead'), url('rejected')]);
});

it.each([
  [{ accepted: false, backend: url('accepted') }, registered, /has answered it/],
  [{ accepted: true, backend: url('other') }, registered, /was not for that backend/],
  [{ accepted: false, backend: url('dead') }, [], /that backend is not registered/],
  [{ accepted: false }, [], /none of its backends/],
])('%j is refused', (wanted, of, reason) => {
  expect(() => targets(wanted, of)).toThrow(reason);
});

it.each([false, true])('of what all filters left out says so, accepted: %j', (accepted) => {
  const filtered = { ...stored, forwards: stored.forwards.slice(-1) };
  expect(() => targetsOf(filtered, { accepted }, registered)).toThrow(/name the backend/);
});
