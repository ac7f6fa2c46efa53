import { configFor } from '../../../test/support/config-for.js';
import { FanOutParts, settle } from '../../../test/support/fan-out-parts.js';
import { MemorySpool, MemoryStore } from '../../../test/support/memory-spool.js';
import { bury, filteredForward, type Forward, type ForwardState, newForward } from '../../model/forward.js';
import { payloadDigest } from '../../model/identity.js';
import { SprayproxyError } from '../../model/sprayproxy-error.js';
import { NoSpool } from '../../spool/no-spool.js';
import { parseBulkRequest } from './bulk-request.js';
import { type Action, type Operation } from './operation.js';
import { OperationsService } from './operations.service.js';

const HOUR_MS = 3_600_000;
/** At most so many are owed at once, for 32 attempts at once. */
const WINDOW = 100;

const keyOf = (host: string) => `http://${host}`;
const dead = (host: string): Forward => bury(newForward(keyOf(host)), 'too old');
const as = (host: string, state: ForwardState): Forward => ({ ...newForward(keyOf(host)), state });

/** A process whose operations are tried. */
class Tried {
  readonly service: OperationsService;

  private constructor(readonly parts: FanOutParts) {
    const { spool, registry, lanes, recent, clock, log } = parts;
    const { logger } = log;
    this.service = new OperationsService(
      spool,
      registry,
      parts.pauses,
      lanes,
      recent,
      clock,
      configFor(),
      logger,
    );
  }

  static async on(options: ConstructorParameters<typeof FanOutParts>[0] = {}): Promise<Tried> {
    const tried = new Tried(new FanOutParts(options));
    await tried.parts.lanes.onApplicationBootstrap();
    tried.parts.spool.announce(tried.parts.registry.list().map(({ key }) => key));
    return tried;
  }

  /** Stores deliveries with these forwards. */
  async store(count: number, ...forwards: Forward[]): Promise<number[]> {
    const ids: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const payload = Buffer.from(String(n));
      const delivery = {
        guid: `guid ${n}`,
        event: n % 2 === 0 ? 'push' : 'pull_request',
        receivedAt: this.parts.clock.now(),
        query: '',
        rawHeaders: ['X-GitHub-Delivery', String(n)],
        payloadBytes: payload.length,
        payloadDigest: payloadDigest(payload),
      };
      const stored = await this.parts.spool.store({ delivery, forwards }, payload);
      ids.push(stored.delivery.id);
    }
    return ids;
  }

  request(action: Action, fields: object) {
    return parseBulkRequest(action, '/', { ...fields }, this.parts.clock.now());
  }

  count = (action: Action, fields: object) =>
    this.service.count(this.request(action, fields), new AbortController());

  begin = (action: Action, fields: object, user?: string) =>
    this.service.begin(this.request(action, fields), user);

  /** Passes time until it is so. */
  async until(id: string, isSo: (operation: Operation) => boolean, stepMs = 100): Promise<Operation> {
    for (let step = 0; step < 10_000; step += 1) {
      const operation = await this.service.get(id);
      if (isSo(operation)) return operation;
      await this.pass(stepMs);
    }
    throw new Error(`not so: ${JSON.stringify(await this.service.get(id))}`);
  }

  untilEnded = (id: string) => this.until(id, ({ state }) => state !== 'running');

  async pass(ms: number): Promise<void> {
    this.parts.clock.pass(ms);
    await settle(6);
  }

  async states(ids: readonly number[], host = 'a'): Promise<(ForwardState | 'gone')[]> {
    const found = await Promise.all(ids.map((id) => this.parts.spool.get(id)));
    return found.map(
      (stored) => stored?.forwards.find(({ backend }) => backend === keyOf(host))?.state ?? 'gone',
    );
  }
}

describe('sending many again', () => {
  it('sends those that are dead or rejected, oldest first, and what was accepted to nobody', async () => {
    const tried = await Tried.on({ hosts: ['a', 'b'] });
    await tried.store(250, dead('a'), as('b', 'accepted'));
    await tried.store(1, as('a', 'rejected'));
    expect(await tried.count('resend', { since: '1h' })).toEqual({ deliveries: 251, forwards: 251 });
    const { id, total } = await tried.begin('resend', { since: '1h' }, 'somebody');
    expect(total).toEqual({ deliveries: 251, forwards: 251 });
    expect(await tried.untilEnded(id)).toMatchObject({
      state: 'done',
      user: 'somebody',
      done: 251,
      outcomes: { accepted: 251 },
    });
    const sent = tried.parts.sentTo('a');
    expect(sent).toEqual([...Array.from({ length: 250 }, (_, n) => String(n)), '0']);
    expect(tried.parts.sentTo('b')).toEqual([]);
  });

  it('owes no more at once than a newer webhook may wait behind, and lets that go first', async () => {
    const tried = await Tried.on();
    let most = 0;
    const { clock, fanOut, spool } = tried.parts;
    tried.parts.react = (_host, guid) =>
      guid === 'new'
        ? 202
        : new Promise((resolve) => {
            clock.after(300, () => {
              resolve(202);
            });
          });
    spool.watch(() => {
      most = Math.max(most, spool.counts().get(keyOf('a'))?.owed ?? 0);
    });
    await tried.store(1000, dead('a'));
    const { id } = await tried.begin('resend', { state: 'dead' });
    await tried.until(id, ({ done }) => done > 100);
    const before = tried.parts.sentTo('a').length;
    const report = fanOut.deliver(tried.parts.delivery('new'));
    expect(await tried.untilEnded(id)).toMatchObject({ outcomes: { accepted: 1000 } });
    expect((await report).kind).toBe('kept');
    // One is the webhook.
    expect(most).toBeLessThanOrEqual(WINDOW + 1);
    expect(tried.parts.sentTo('a').indexOf('new')).toBeLessThanOrEqual(before + WINDOW);
  });

  it('touches one backend, one state, one event, where that is asked for', async () => {
    const tried = await Tried.on({ hosts: ['a', 'b'] });
    const ids = await tried.store(10, dead('a'), dead('b'));
    const rejected = await tried.store(2, as('a', 'rejected'));
    const { id } = await tried.begin('resend', { backend: 'a', state: 'dead', event: 'push' });
    expect(await tried.untilEnded(id)).toMatchObject({ total: { deliveries: 5, forwards: 5 }, done: 5 });
    expect(tried.parts.sentTo('a')).toEqual(['0', '2', '4', '6', '8']);
    expect(tried.parts.sentTo('b')).toEqual([]);
    expect(await tried.states(ids, 'b')).toEqual(Array(10).fill('dead'));
    expect(await tried.states(rejected)).toEqual(['rejected', 'rejected']);
  });

  it('sends what was accepted if that is asked for, while the payload is kept', async () => {
    const tried = await Tried.on({ hosts: ['a', 'b'] });
    await tried.store(150, as('a', 'accepted'), dead('b'));
    const { id } = await tried.begin('resend', { since: '1h', accepted: true });
    expect(await tried.untilEnded(id)).toMatchObject({ done: 300, outcomes: { accepted: 300 } });
    expect([tried.parts.sentTo('a').length, tried.parts.sentTo('b').length]).toEqual([150, 150]);
  });

  it('leaves alone what is owed, what has come in since, and what nobody is there for', async () => {
    const tried = await Tried.on();
    tried.parts.react = () => 503;
    await tried.store(1, as('a', 'owed'));
    const gone = await tried.store(1, dead('gone'));
    expect(await tried.count('resend', { since: '1h' })).toEqual({ deliveries: 0, forwards: 0 });
    await tried.store(WINDOW, dead('a'));
    const { id } = await tried.begin('resend', { since: '1h' });
    await tried.pass(500);
    const late = await tried.store(3, dead('a'));
    tried.parts.react = () => 202;
    expect(await tried.untilEnded(id)).toMatchObject({ state: 'done', done: WINDOW });
    expect(await tried.states(late)).toEqual(['dead', 'dead', 'dead']);
    expect(await tried.states(gone, 'gone')).toEqual(['dead']);
  });

  it('tells which outcome they had', async () => {
    const tried = await Tried.on();
    tried.parts.react = (_host, guid) => ({ '0': 400, '1': 500, '2': 503 })[guid] ?? (202 as const);
    await tried.store(10, dead('a'));
    const { id } = await tried.begin('resend', { state: 'dead' });
    expect(await tried.untilEnded(id)).toMatchObject({
      done: 10,
      outcomes: { accepted: 7, rejected: 1, dead: 1, owed: 1 },
    });
  });

  it('tells whoever asks how much there is to do, once it has begun', async () => {
    const tried = await Tried.on();
    tried.parts.react = () => 'no connection';
    await tried.store(3, dead('a'));
    const { id, total } = await tried.begin('resend', { state: 'dead' });
    expect(total).toEqual({ deliveries: 3, forwards: 3 });
    expect((await tried.service.get(id)).total).toEqual(total);
    await tried.service.cancel(id, undefined);
  });

  it('waits for a backend that is paused, and says so at once', async () => {
    const tried = await Tried.on();
    await tried.parts.pauses.pause(keyOf('a'), {});
    await tried.store(3, dead('a'));
    const { id } = await tried.begin('resend', { state: 'dead' });
    const { waitingFor, done } = await tried.until(id, (operation) => operation.waitingFor !== undefined);
    expect([waitingFor, done, tried.parts.clock.monotonic() < 10_000]).toEqual([[keyOf('a')], 0, true]);
    await tried.parts.pauses.end(keyOf('a'));
    expect(await tried.untilEnded(id)).toMatchObject({ state: 'done', outcomes: { accepted: 3 } });
  });

  it('sends nobody what their filter left out, though it counts as accepted there', async () => {
    const tried = await Tried.on({ hosts: ['a', 'b'] });
    await tried.store(2, dead('a'), filteredForward(keyOf('b'), 'events'));
    const { id } = await tried.begin('resend', { since: '1h', accepted: true });
    expect(await tried.untilEnded(id)).toMatchObject({ done: 2, outcomes: { accepted: 2 } });
    expect(tried.parts.sentTo('b')).toEqual([]);
  });

  it('goes on at the others while a backend is down, says whom it waits for, and goes on when that is back', async () => {
    const tried = await Tried.on({ hosts: ['a', 'b'] });
    let up = false;
    tried.parts.react = (host) => (host === 'b' && !up ? 'no connection' : 202);
    await tried.store(300, dead('a'), dead('b'));
    const { id } = await tried.begin('resend', { state: 'dead' });
    const waiting = await tried.until(id, ({ waitingFor }) => waitingFor !== undefined);
    expect(waiting.waitingFor).toEqual([keyOf('b')]);
    await tried.until(id, ({ done }) => done === 300);
    expect(tried.parts.sentTo('a')).toHaveLength(300);
    up = true;
    const ended = await tried.until(id, ({ state }) => state === 'done', 1000);
    expect(ended).toMatchObject({ done: 600, outcomes: { accepted: 600 } });
    expect(ended).not.toHaveProperty('waitingFor');
  });

  it('leaves as it was what is not sent when it is cancelled', async () => {
    const tried = await Tried.on();
    tried.parts.react = () => 'no connection';
    const ids = [...(await tried.store(150, dead('a'))), ...(await tried.store(10, as('a', 'rejected')))];
    const before = await Promise.all(ids.map((id) => tried.parts.spool.get(id)));
    const { id } = await tried.begin('resend', { since: '1h' });
    await tried.until(id, ({ waitingFor }) => waitingFor !== undefined);
    expect(tried.parts.spool.counts().get(keyOf('a'))?.owed).toBe(WINDOW);
    const { operation: cancelled, isOurs } = await tried.service.cancel(id, 'somebody');
    expect(isOurs).toBe(true);
    expect(cancelled).toMatchObject({ state: 'cancelled', cancelledBy: 'somebody', done: 0, outcomes: {} });
    expect(cancelled).toHaveProperty('endedAt');
    expect(tried.parts.spool.counts().get(keyOf('a'))).toEqual({
      owed: 0,
      running: 0,
      dead: 150,
      rejected: 10,
    });
    const after = await Promise.all(ids.map((each) => tried.parts.spool.get(each)));
    expect(after.map((each) => each?.forwards[0]?.reason)).toEqual(
      before.map((each) => each?.forwards[0]?.reason),
    );
    const again = await tried.service.cancel(id, 'somebody else');
    expect(again).toEqual({ operation: cancelled, isOurs: false });
  });

  it.each(['paused', 'down'])(
    'leaves owed what GitHub asks for meanwhile, where a backend is %s',
    async (how) => {
      const tried = await Tried.on();
      tried.parts.react = () => 'no connection';
      if (how === 'paused') await tried.parts.pauses.pause(keyOf('a'), {});
      const delivery = tried.parts.delivery('asked for');
      const { id: asked = 0 } = await tried.parts.fanOut.deliver(delivery);
      await tried.parts.spool.bury(asked, [keyOf('a')], 'too old');
      const others = await tried.store(3, dead('a'));
      const { id } = await tried.begin('resend', { state: 'dead' });
      await tried.until(id, ({ waitingFor }) => waitingFor !== undefined);
      expect(await tried.parts.fanOut.deliver(delivery)).toMatchObject({ kind: 'kept', id: asked });
      await tried.service.cancel(id, undefined);
      expect(await tried.states([asked, ...others])).toEqual(['owed', 'dead', 'dead', 'dead']);
    },
  );

  it('goes on when the spool is back that was away', async () => {
    const spool = new MemorySpool();
    const tried = await Tried.on({ spool });
    await tried.store(300, dead('a'));
    const { id } = await tried.begin('resend', { state: 'dead' });
    spool.failing = true;
    for (let n = 0; n < 50; n += 1) await tried.pass(100);
    spool.failing = false;
    expect(await tried.until(id, ({ state }) => state === 'done', 1000)).toMatchObject({ done: 300 });
    expect(tried.parts.sentTo('a')).toHaveLength(300);
  });

  it('cannot be at a backend that nobody has', async () => {
    const tried = await Tried.on();
    const wanted = { backend: 'nosuch', state: 'dead' };
    await expect(tried.begin('resend', wanted)).rejects.toMatchObject({ code: 'backend-unknown' });
    await expect(tried.count('resend', wanted)).rejects.toMatchObject({ code: 'backend-unknown' });
  });

  it('is not for what is sent by itself', async () => {
    const tried = await Tried.on();
    expect(() => tried.request('resend', { state: 'owed' })).toThrow('what is owed is sent by itself');
  });

  it('sends once what was accepted, though the spool does not say that it is owed', async () => {
    const tried = await Tried.on({ hosts: ['a', 'b'] });
    const { spool } = tried.parts;
    await tried.store(1, as('a', 'accepted'), dead('b'));
    const revive = spool.revive.bind(spool);
    let unsure = 1;
    spool.revive = async (...all) => {
      const change = await revive(...all);
      if (unsure-- > 0) throw new SprayproxyError('spool-unsure', 'no answer');
      return change;
    };
    tried.parts.react = (host) => (host === 'b' ? 'no connection' : 202);
    const { id } = await tried.begin('resend', { backend: keyOf('a'), since: '1h', accepted: true });
    expect(await tried.untilEnded(id)).toMatchObject({ outcomes: { accepted: 1 } });
    expect(tried.parts.sentTo('a')).toEqual(['0']);
  });

  it('cannot be without a spool', async () => {
    const tried = await Tried.on({ spool: new NoSpool() });
    await expect(tried.begin('resend', { since: '1h' })).rejects.toMatchObject({ code: 'no-spool' });
    await expect(tried.count('resend', { since: '1h' })).rejects.toMatchObject({ code: 'no-spool' });
  });
});

describe('discarding many', () => {
  it('discards what is owed, dead or rejected, of those asked for, and never what was accepted', async () => {
    const tried = await Tried.on({ hosts: ['a', 'b'] });
    tried.parts.react = () => 'no connection';
    const ids = await tried.store(450, dead('a'), as('b', 'rejected'));
    await tried.store(3, as('a', 'accepted'), as('b', 'owed'));
    expect(await tried.count('discard', { backend: 'a' })).toEqual({ deliveries: 450, forwards: 450 });
    const { id } = await tried.begin('discard', { backend: keyOf('a') });
    expect(await tried.untilEnded(id)).toMatchObject({ done: 450, outcomes: { discarded: 450 } });
    expect(new Set(await tried.states(ids))).toEqual(new Set(['gone']));
    expect(new Set(await tried.states(ids, 'b'))).toEqual(new Set(['rejected']));
  });

  it('leaves alone what has been sent again since it was read', async () => {
    const tried = await Tried.on();
    const { spool } = tried.parts;
    tried.parts.react = () => 'no connection';
    const ids = await tried.store(3, dead('a'));
    const discard = spool.discard.bind(spool);
    spool.discard = async (...all) => {
      if (all[0] === ids[1]) await spool.revive(all[0], [keyOf('a')], ['dead']);
      return discard(...all);
    };
    const { id } = await tried.begin('discard', { state: 'dead' });
    expect(await tried.untilEnded(id)).toMatchObject({ outcomes: { discarded: 2, unchanged: 1 } });
    expect(await tried.states(ids)).toEqual(['gone', 'owed', 'gone']);
  });

  it.each([
    ['nothing keeps', () => new NoSpool()],
    ['is remembered by all', () => new MemorySpool({ store: new MemoryStore() })],
  ])('discards what %s as well', async (_what, make) => {
    const tried = await Tried.on({ hosts: ['a', 'b'], spool: make() });
    const { recent, clock, spool } = tried.parts;
    for (const id of [1, 2, 3]) {
      const delivery = { id, receivedAt: clock.now(), query: '', rawHeaders: [], payloadBytes: 1 };
      const forwards = [dead('a'), as('b', 'accepted')];
      const stored = { delivery: { ...delivery, payloadDigest: `digest ${id}` }, forwards };
      if (id === 1 && spool.remembers) {
        const { identity } = tried.parts.delivery('other');
        await spool.remember([{ id, identity, stored, awaited: false }]);
      } else recent.remember(stored);
    }
    expect(await tried.count('discard', { state: 'dead' })).toEqual({ deliveries: 3, forwards: 3 });
    const { id } = await tried.begin('discard', { state: 'dead' });
    expect(await tried.untilEnded(id)).toMatchObject({ state: 'done', outcomes: { discarded: 3 } });
    await tried.pass(1000);
    expect(await tried.count('discard', { state: 'dead' })).toEqual({ deliveries: 0, forwards: 0 });
  });
});

describe('operations', () => {
  it('run one at a time', async () => {
    const tried = await Tried.on();
    tried.parts.react = () => 'no connection';
    await tried.store(1, dead('a'));
    const begun = await Promise.allSettled([1, 2].map(() => tried.begin('resend', { state: 'dead' })));
    const id = begun.map((each) => (each.status === 'fulfilled' ? each.value.id : ''))[0] ?? '';
    expect(begun.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(tried.begin('discard', { state: 'dead' })).rejects.toMatchObject({
      code: 'forward-conflict',
      message: `operation ${id} is running: wait for its end, or cancel it`,
    });
    await tried.service.cancel(id, undefined);
    await expect(tried.begin('discard', { state: 'dead' })).resolves.toMatchObject({ action: 'discard' });
  });

  it('are known of late, the newest first', async () => {
    const tried = await Tried.on();
    const ids: string[] = [];
    for (let n = 0; n < 23; n += 1) {
      const { id } = await tried.begin('discard', { guid: String(n) });
      ids.push(id);
      await tried.untilEnded(id);
      await tried.pass(1);
    }
    const known = await tried.service.list();
    expect(known.map(({ id }) => id)).toEqual(ids.toReversed().slice(0, 20));
    await expect(tried.service.get(ids[0] ?? '')).rejects.toMatchObject({ code: 'operation-unknown' });
  });

  it('are seen and cancelled at another replica', async () => {
    const store = new MemoryStore();
    const tried = await Tried.on({ spool: new MemorySpool({ store }) });
    const other = await Tried.on({ spool: new MemorySpool({ store }) });
    tried.parts.react = () => 'no connection';
    other.parts.react = () => 'no connection';
    const ids = await tried.store(10, dead('a'));
    const { id } = await tried.begin('resend', { state: 'dead' });
    await expect(other.begin('resend', { state: 'dead' })).rejects.toMatchObject({
      code: 'forward-conflict',
    });
    await tried.pass(2000);
    expect(await other.service.cancel(id, 'somebody')).toMatchObject({
      operation: { state: 'cancelled' },
      isOurs: true,
    });
    for (let n = 0; n < 20; n += 1) await tried.pass(100);
    expect(await tried.states(ids)).toEqual(Array(10).fill('dead'));
    expect(await other.service.get(id)).toMatchObject({
      state: 'cancelled',
      cancelledBy: 'somebody',
      done: 0,
    });
  });

  it.each([
    ['ends in order', (tried: Tried) => tried.service.beforeApplicationShutdown()],
    ['is gone', (tried: Tried) => tried.parts.spool.close()],
  ])('are interrupted where their process %s', async (_what, end) => {
    const store = new MemoryStore();
    const tried = await Tried.on({ spool: new MemorySpool({ store }) });
    tried.parts.react = () => 'no connection';
    await tried.store(10, dead('a'));
    const { id } = await tried.begin('resend', { state: 'dead' });
    await tried.pass(1500);
    const other = await Tried.on({ spool: new MemorySpool({ store }) });
    expect(await other.service.get(id)).toMatchObject({ state: 'running' });
    await end(tried);
    const interrupted = await other.service.get(id);
    expect(interrupted).toMatchObject({ state: 'interrupted', total: { forwards: 10 }, done: 0 });
    expect(interrupted).toHaveProperty('endedAt');
    expect(await other.service.get(id)).toEqual(interrupted);
  });

  it('that wait for days are not forgotten by who forgets old notes', async () => {
    const tried = await Tried.on();
    tried.parts.react = () => 'no connection';
    await tried.store(1, dead('a'));
    const { id } = await tried.begin('resend', { state: 'dead' });
    for (let hours = 0; hours < 48; hours += 1) await tried.pass(HOUR_MS);
    await tried.parts.spool.forgetNotes(tried.parts.clock.now() - 2 * HOUR_MS);
    expect(await tried.service.get(id)).toMatchObject({ state: 'running' });
  });
});
