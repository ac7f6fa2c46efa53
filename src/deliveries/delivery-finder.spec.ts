import { captureLog } from '../../test/support/captured-log.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { rememberingFor } from '../../test/support/fan-out-parts.js';
import { configFor } from '../../test/support/config-for.js';
import { type Forward, newForward } from '../model/forward.js';
import { RecentDeliveries } from '../forwarding/recent/recent-deliveries.js';
import { NoSpool } from '../spool/no-spool.js';
import { type Spool } from '../spool/spool.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { DeliveryFinder } from './delivery-finder.js';
import { parseListQuery } from './list-query.js';

const stored = (id: number, forward: Forward): StoredDelivery => ({
  delivery: {
    id,
    receivedAt: id / 1000,
    query: '',
    rawHeaders: [],
    payloadBytes: 2,
    payloadDigest: '',
  },
  forwards: [forward],
});
const owed = (id: number) => stored(id, newForward('https://a'));
const over = (id: number) => stored(id, { ...newForward('https://a'), state: 'accepted' });

function finderOf(spooled: readonly StoredDelivery[], ended: readonly StoredDelivery[] = []) {
  const config = configFor({ SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true' });
  const none = new NoSpool();
  const recent = new RecentDeliveries(
    config,
    none,
    rememberingFor(none, new FakeClock(), captureLog().logger),
  );
  for (const delivery of ended) recent.remember(delivery);
  const newestFirst = spooled.toSorted((a, b) => b.delivery.id - a.delivery.id);
  const list = jest.fn((before: number, limit: number) =>
    Promise.resolve(newestFirst.filter(({ delivery: { id } }) => id < before).slice(0, limit)),
  );
  const finder = new DeliveryFinder(recent, {
    list,
    listPast: none.listPast,
    noted: none.noted,
  } as unknown as Spool);
  return { list, page: (query: string) => finder.list(parseListQuery(query, 0)) };
}

const range = (length: number, of: (id: number) => StoredDelivery, from = 1, step = 1) =>
  Array.from({ length }, (_, index) => of(from + index * step));

it('merges spool and memory over chunk boundaries, each delivery once', async () => {
  const { page } = finderOf(range(450, owed, 1, 2), [...range(450, over, 2, 2), over(1)]);
  const ids: number[] = [];
  for (let cursor: number | undefined = 10_000; cursor !== undefined;) {
    const { found, next }: Awaited<ReturnType<typeof page>> = await page(`/?limit=70&cursor=${cursor}`);
    ids.push(...found.map(({ delivery }) => delivery.id));
    cursor = next;
  }
  expect(ids).toEqual(Array.from({ length: 900 }, (_, index) => 900 - index));
});

it('looks at a bounded number of deliveries, and goes on where it stopped', async () => {
  const { page } = finderOf(range(2500, (id) => (id === 10 ? over(id) : owed(id))));
  const first = await page('/?state=accepted');
  expect(first).toEqual({ found: [], next: 501 });
  const second = await page(`/?state=accepted&cursor=${first.next ?? 0}`);
  expect(second).toMatchObject({ found: [{ delivery: { id: 10 } }] });
  expect(second).not.toHaveProperty('next');
});

it('reads nothing that is older than wanted', async () => {
  const { page, list } = finderOf(range(1000, owed, 1_000_000));
  const { found } = await page('/?since=1970-01-01T00:00:01.000Z&limit=500&state=accepted');
  expect(found).toEqual([]);
  list.mockClear();
  await page('/?since=1970-01-01T00:00:01.001Z');
  expect(list).toHaveBeenCalledTimes(1);
});
