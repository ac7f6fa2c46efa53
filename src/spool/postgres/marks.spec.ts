import { type DeliveryFilter, matches } from '../../model/delivery-filter.js';
import { type Forward, FORWARD_STATES, newForward } from '../../model/forward.js';
import { marksFor, marksOf } from './marks.js';

const KEYS = ['https://a', 'https://a/hook', 'http://b:8080', 'https://[::1]'];
const FILTERS: DeliveryFilter[] = [undefined, ...KEYS, 'a', 'b', 'b:8080', '[::1]', 'none'].flatMap(
  (backend) =>
    [undefined, ...FORWARD_STATES].map((state) => ({
      ...(backend !== undefined && { backend }),
      ...(state !== undefined && { state }),
    })),
);

const forward = (backend: string, state: Forward['state']): Forward => ({ ...newForward(backend), state });
const has = (forwards: readonly Forward[], filter: DeliveryFilter) => {
  const marks = marksOf(forwards);
  return marksFor(filter).every((mark) => marks.includes(mark));
};

it.each<[Forward[]]>([
  [[]],
  [KEYS.map(newForward)],
  [[forward('https://a', 'accepted'), forward('http://b:8080', 'rejected')]],
  [[forward('https://a/hook', 'dead'), forward('https://[::1]', 'accepted')]],
])('finds by state, backend and host, and by pairs of them, what a filter means (%#)', (forwards) => {
  const delivery = { id: 1, receivedAt: 1, query: '', rawHeaders: [], payloadBytes: 1, payloadDigest: 'd' };
  const wrong = FILTERS.filter((filter) => has(forwards, filter) !== matches({ delivery, forwards }, filter));
  expect(wrong.filter(({ state, backend }) => state !== undefined || backend !== undefined)).toEqual([]);
});

it('are the same in every version: they are in the database', () => {
  // MurmurHash3's finaliser over FNV-1a, worked out in Python.
  expect(marksFor({ state: 'rejected' })).toEqual([296178217]);
  expect(marksFor({ state: 'rejected', backend: 'https://a' })).toEqual([-1746015141]);
});
