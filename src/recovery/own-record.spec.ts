import { captureLog } from '../../test/support/captured-log.js';
import { configFor } from '../../test/support/config-for.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { rememberingFor } from '../../test/support/fan-out-parts.js';
import { MemorySpool, MemoryStore } from '../../test/support/memory-spool.js';
import { newDelivery, payloadOf } from '../../test/spool-contract/store-under-test.js';
import { RecentDeliveries } from '../forwarding/recent/recent-deliveries.js';
import { filteredForward, type Forward, newForward } from '../model/forward.js';
import { Identity } from '../model/identity.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { OwnRecord } from './own-record.js';

const GUID = 'guid';
const PAYLOAD = payloadOf(10);

const owed = newForward('https://a');
const accepted: Forward = { ...owed, state: 'accepted' };
const dead: Forward = { ...owed, state: 'dead' };

const delivery = (...forwards: Forward[]): StoredDelivery => {
  const made = newDelivery(PAYLOAD, ['https://a'], { guid: GUID });
  return { delivery: { id: 1, ...made.delivery }, forwards };
};

const recentFor = (spool: MemorySpool) =>
  new RecentDeliveries(
    configFor({ SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true' }),
    spool,
    rememberingFor(spool, new FakeClock(), captureLog().logger),
  );

describe.each([
  ['a spool of its own', () => new MemorySpool()],
  ['a spool it shares', () => new MemorySpool({ store: new MemoryStore() })],
])('with %s', (_which, makeSpool) => {
  it.each<[boolean, string, (spool: MemorySpool, recent: RecentDeliveries) => unknown]>([
    [false, 'that never came', () => undefined],
    [
      true,
      'that is owed',
      (spool) => spool.store(newDelivery(PAYLOAD, ['https://a'], { guid: GUID }), PAYLOAD),
    ],
    [
      true,
      'that all backends have',
      (_spool, recent) => {
        recent.remember(delivery(accepted));
      },
    ],
    [
      true,
      'that all backends filter',
      (_spool, recent) => {
        recent.remember(delivery(filteredForward('https://a', 'events')));
      },
    ],
    [
      false,
      'that one misses and nobody keeps',
      (_spool, recent) => {
        recent.remember(delivery(accepted, dead), true);
      },
    ],
    [
      true,
      'that was served, and its sender did not hear of it',
      (_spool, recent) => {
        recent.heard(Identity.ofRecord(delivery().delivery), 1, false, false);
      },
    ],
  ])('has it: %p, one %s', async (expected, _what, happen) => {
    const spool = makeSpool();
    const recent = recentFor(spool);
    await happen(spool, recent);
    const own = new OwnRecord(recent, spool);
    expect(await own.hasIt(GUID)).toBe(expected);
    expect(await own.hasIt('another')).toBe(false);
  });
});

it('knows what another process has served', async () => {
  const spool = new MemorySpool({ store: new MemoryStore() });
  const stored = delivery(accepted);
  await spool.remember([{ id: 1, identity: Identity.ofRecord(stored.delivery), stored, awaited: false }]);
  expect(await new OwnRecord(recentFor(spool), spool).hasIt(GUID)).toBe(true);
});
