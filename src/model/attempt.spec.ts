import { Backend } from './backend.js';
import { OUTCOMES } from './outcome.js';
import { isServed } from './attempt.js';

const backend = new Backend(new URL('http://pac'), 'static');

it('a backend is served once it has accepted or rejected a delivery', () => {
  const served = OUTCOMES.filter((outcome) => isServed({ backend, outcome, durationMs: 1 }));
  expect(served).toEqual(['accepted', 'rejected']);
});
