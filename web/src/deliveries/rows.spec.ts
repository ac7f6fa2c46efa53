import { type DeliverySummary } from '../api/types.js';
import { merged, newestOf, type Row } from './rows.js';

const delivery = (id: number, event = 'push'): DeliverySummary => ({
  id: String(id),
  event,
  receivedAt: new Date(id / 1000).toISOString(),
  payloadBytes: 2,
  payloadKept: true,
  forwards: [],
});

const rowsOf = (...ids: number[]): Row[] => ids.map((id) => ({ delivery: delivery(id), gone: false }));
const shown = (rows: readonly Row[]) => rows.map(({ delivery: { id }, gone }) => (gone ? `${id} gone` : id));

it('puts what is new in its place, newest first, by number', () => {
  const rows = merged(rowsOf(90, 80), {
    deliveries: [delivery(100), delivery(85)],
    from: 85,
    below: Infinity,
  });
  expect(shown(rows)).toEqual(['100', '90 gone', '85', '80']);
  expect(newestOf(rows)).toBe(100);
});

it('keeps what is no longer there, of those that the page is about', () => {
  const page = { deliveries: [delivery(30)], from: 20, below: 40 };
  expect(shown(merged(rowsOf(40, 39, 30, 20, 19), page))).toEqual(['40', '39 gone', '30', '20 gone', '19']);
});

it('has the latest of what it knew, back again where it was gone', () => {
  const [row] = merged([{ delivery: delivery(1), gone: true }], {
    deliveries: [delivery(1, 'ping')],
    from: 0,
    below: Infinity,
  });
  expect(row).toEqual({ delivery: delivery(1, 'ping'), gone: false });
});

it('has no newest where there are none', () => {
  expect(newestOf([])).toBe(0);
});
