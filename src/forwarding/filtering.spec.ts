import { FanOutParts, settle } from '../../test/support/fan-out-parts.js';
import { samplesOf } from '../../test/support/unregistered-metrics.js';
import { BackendFilter } from '../model/backend-filter.js';
import { Backend } from '../model/backend.js';
import { type Delivery } from '../model/delivery.js';
import { shownState } from '../model/forward.js';
import { type StoredDelivery } from '../model/stored-delivery.js';
import { NoSpool } from '../spool/no-spool.js';

/** a gets all, b pushes, c what is of org. */
const BACKENDS = 'http://a http://b events=push http://c repositories=org/*';

const parts = (backends = BACKENDS, spool?: NoSpool) =>
  new FanOutParts({
    env: {
      SPRAYPROXY_SERVER_BACKEND: backends,
      SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
    },
    ...(spool && { spool }),
  });

const about = (made: FanOutParts, event: string | undefined, repository?: string, guid = '1'): Delivery => ({
  ...made.delivery(guid, repository && `{"repository":{"full_name":"${repository}"}}`),
  event,
});

const states = (stored: StoredDelivery | undefined) =>
  stored?.forwards.map((forward) => `${new URL(forward.backend).host} ${shownState(forward)}`);

describe('a delivery', () => {
  it.each([
    ['push', 'org/name', ['a', 'b', 'c']],
    ['push', 'other/name', ['a', 'b']],
    ['issues', 'ORG/name', ['a', 'c']],
    ['issues', 'other/name', ['a']],
    ['issues', undefined, ['a', 'c']],
    [undefined, 'other/name', ['a', 'b']],
    [undefined, undefined, ['a', 'b', 'c']],
  ])('of the event %s in %s goes to %j', async (event, repository, hosts) => {
    const made = parts();
    const report = await made.fanOut.deliver(about(made, event, repository));
    expect(made.sent.map(({ host }) => host)).toEqual(hosts);
    const left = ['a', 'b', 'c'].filter((host) => !hosts.includes(host));
    expect(report).toMatchObject({ kind: 'served', filtered: left.map((host) => ({ host })) });
    expect(await samplesOf(made.filtered)).toEqual(
      Object.fromEntries(left.map((host) => [`counter{host="${host}"}`, 1])),
    );
  });

  it('that every backend filters is served, and remembered as filtered', async () => {
    const made = parts('http://b events=push http://c repositories=org/*');
    const report = await made.fanOut.deliver(about(made, 'issues', 'other/name'));
    expect(report).toMatchObject({ kind: 'served', attempts: [], fillsGaps: false });
    expect(made.sent).toEqual([]);
    expect(made.spool.counts().size).toBe(0);
    const [stored] = made.recent.list();
    expect(states(stored)).toEqual(['b filtered', 'c filtered']);
    expect(stored?.forwards.map(({ reason }) => reason)).toEqual([
      'not among the events of its filter',
      'not among the repositories of its filter',
    ]);
  });

  it.each([
    ['http://a', 0],
    ['http://a http://b events=push', 0],
    ['http://a http://b events=issues repositories=org/*', 0],
    ['http://a http://b repositories=org/* http://c repositories=other/*', 1],
  ])('to %s is looked into %d times for its repository', async (backends, times) => {
    const made = new FanOutParts({ env: { SPRAYPROXY_SERVER_BACKEND: backends } });
    const delivery = about(made, 'push', 'org/name');
    const bytes = jest.spyOn(delivery.payload, 'bytes', 'get');
    const report = await made.fanOut.deliver(delivery);
    expect(bytes).toHaveBeenCalledTimes(times);
    expect('filtered' in report).toBe(backends !== 'http://a');
  });

  it('that a backend misses is kept for that one, and for none whose filter left it out', async () => {
    const made = parts();
    made.react = () => 503;
    const report = await made.fanOut.deliver(about(made, 'issues', 'other/name'));
    expect(report).toMatchObject({ kind: 'kept', owed: [{ host: 'a' }], dead: [] });
    const [stored] = await made.spool.list(Infinity, 1);
    expect(states(stored)).toEqual(['a owed', 'b filtered', 'c filtered']);
    expect([...made.spool.counts().keys()]).toEqual(['http://a']);
  });

  it('fails without a spool where who is to get it fails, and for nobody else', async () => {
    const made = parts(BACKENDS, new NoSpool());
    made.react = (host) => (host === 'a' ? 503 : 202);
    const report = await made.fanOut.deliver(about(made, 'issues', 'other/name'));
    expect(report).toMatchObject({ kind: 'failed', owed: [{ host: 'a' }], filtered: [{}, {}] });
    expect(states(made.recent.list()[0])).toEqual(['a dead', 'b filtered', 'c filtered']);
  });
});

describe('a redelivery', () => {
  it('of what is owed goes to who misses it, though the filter of that one is another now', async () => {
    const made = parts('http://b events=push http://c events=issues');
    await made.registry.register(new Backend(new URL('http://a'), 'registered'));
    made.react = () => 503;
    await made.fanOut.deliver(about(made, 'issues', undefined));
    await made.registry.register(
      new Backend(new URL('http://a'), 'registered'),
      BackendFilter.of({ events: ['push'] }) as BackendFilter,
    );
    made.react = () => 202;
    await expect(made.fanOut.deliver(about(made, 'issues', undefined))).resolves.toMatchObject({
      kind: 'served',
      fillsGaps: true,
    });
    await settle();
    expect([made.sentTo('a'), made.sentTo('b'), made.sentTo('c')]).toEqual([['1', '1'], [], ['1', '1']]);
    expect(states(made.recent.list()[0])).toEqual(['c accepted', 'a accepted', 'b filtered']);
  });

  it('of what is missed and not kept goes to nobody whose filter left it out', async () => {
    const made = parts(BACKENDS, new NoSpool());
    made.react = (host) => (host === 'a' ? 503 : 202);
    await made.fanOut.deliver(about(made, 'issues', 'other/name'));
    made.react = () => 202;
    await made.fanOut.deliver(about(made, 'issues', 'other/name'));
    expect(made.sent.map(({ host }) => host)).toEqual(['a', 'a']);
    expect(states(made.recent.list()[0])).toEqual(['a accepted', 'b filtered', 'c filtered']);
  });

  it('of what is over is filtered as if it were new, also where those who missed it are gone', async () => {
    const made = parts();
    made.react = (host) => (host === 'a' ? 503 : 202);
    await made.fanOut.deliver(about(made, 'push', 'other/name'));
    await made.registry.unregister('http://a');
    await settle();
    await made.fanOut.deliver(about(made, 'push', 'other/name'));
    expect([made.sentTo('b'), made.sentTo('c')]).toEqual([['1', '1'], []]);
  });
});
