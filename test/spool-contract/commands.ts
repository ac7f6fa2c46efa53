import fc from 'fast-check';

import {
  begin,
  bury,
  DELIVERY_GUARANTEES,
  type Forward,
  FORWARD_STATES,
  insistOn,
  isKept,
  isRunning,
  revive,
  settle,
  withdraw,
} from '../../src/model/forward.js';
import { identityKey, payloadDigest } from '../../src/model/identity.js';
import { OUTCOMES } from '../../src/model/outcome.js';
import { BYTES_PER_DELIVERY } from '../../src/spool/delivery-bytes.js';
import { type Change, type Spool, type SpoolEvent } from '../../src/spool/spool.js';
import { type Model } from './model.js';
import { bare, newDelivery, payloadOf, type StoreUnderTest } from './store-under-test.js';

export const MAX_BYTES = 40 * BYTES_PER_DELIVERY;
const BACKENDS: readonly string[] = ['http://a', 'http://b', `http://c/${'x'.repeat(2039)}`];
const GUIDS = ['one', 'two', 'x'.repeat(128), 'y'.repeat(129)] as const;
const SIZES = [0, 1, 7] as const;
const KEYS = [...GUIDS, ...SIZES.map((bytes) => identityKey(undefined, payloadDigest(payloadOf(bytes))))];

/** The spool that is open, and what it has told. */
export class Real {
  readonly events: SpoolEvent[] = [];

  private constructor(
    private readonly store: StoreUnderTest,
    public spool: Spool,
  ) {
    this.#watch();
  }

  static async on(store: StoreUnderTest): Promise<Real> {
    return new Real(store, await store.open(MAX_BYTES));
  }

  async reopen(): Promise<void> {
    await this.spool.close();
    this.spool = await this.store.open(MAX_BYTES);
    this.#watch();
  }

  #watch(): void {
    this.spool.watch((event) => this.events.push(event));
  }
}

type Command = fc.AsyncCommand<Model, Real>;

const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run: async (model, real) => {
    await run(model, real);
    await expectSame(model, real);
  },
  toString: () => name,
});

/** Of a delivery that is there, or now and then of none. */
const pick = (model: Model, at: number): number => {
  const ids = [...model.deliveries.keys()];
  return (at === 0 ? undefined : ids[at % ids.length]) ?? model.lastId + 1;
};

const anyPlace = fc.nat(50);
const anyBackend = fc.constantFrom(...BACKENDS);
const someBackends = fc.subarray([...BACKENDS], { minLength: 1 });
const anyStates = fc.subarray([...FORWARD_STATES]);

const bareChange = (change: Change | undefined) =>
  change && { before: bare(change.before), after: bare(change.after) };

const store = fc
  .record({
    bytes: fc.oneof(fc.constantFrom(...SIZES), fc.nat(10 * BYTES_PER_DELIVERY)),
    backends: someBackends,
    running: fc.subarray([...BACKENDS]),
    guid: fc.option(fc.constantFrom(...GUIDS), { nil: undefined }),
    receivedAt: fc.nat(1000),
  })
  .map(({ bytes, backends, running, guid, receivedAt }) =>
    command(`store(${bytes}, ${backends.length}, at ${receivedAt})`, async (model, { spool }) => {
      const payload = payloadOf(bytes);
      const { delivery, forwards } = newDelivery(payload, backends, { guid, receivedAt });
      const begun = forwards.map((forward) =>
        running.includes(forward.backend) ? begin(forward, 3) : forward,
      );
      const stored = spool.store({ delivery, forwards: begun }, payload);
      if (model.bytes + bytes + BYTES_PER_DELIVERY > MAX_BYTES) {
        await expect(stored).rejects.toMatchObject({ code: 'spool-full' });
        return;
      }
      const { id } = (await stored).delivery;
      expect(id).toBeGreaterThan(model.lastId);
      expect(bare(await stored)).toEqual({ delivery: { ...delivery, id }, forwards: begun });
      model.add({ delivery: { ...delivery, id }, forwards: begun }, payload);
    }),
  );

const claim = fc
  .record({ at: anyPlace, backend: anyBackend, from: fc.option(anyStates, { nil: undefined }) })
  .map(({ at, backend, from }) =>
    command(`claim(${at}, ${backend.slice(0, 8)}, ${String(from)})`, async (model, { spool }) => {
      const id = pick(model, at);
      const claimed = model.change(id, [backend], (forward) => {
        if (isRunning(forward) || !(from ?? ['owed']).includes(forward.state)) return forward;
        if (forward.state !== 'owed') return begin(revive(forward), 5);
        return begin(from?.some((state) => state !== 'owed') === true ? insistOn(forward) : forward, 5);
      });
      if (claimed !== undefined) model.claimed(id, backend);
      expect(bareChange(await spool.claim(id, backend, 5, from))).toEqual(claimed);
    }),
  );

const settleOne = fc
  .record({
    at: anyPlace,
    backend: anyBackend,
    outcome: fc.constantFrom(...OUTCOMES),
    guarantee: fc.constantFrom(...DELIVERY_GUARANTEES),
    othersGotThrough: fc.boolean(),
  })
  .map(({ at, backend, outcome, ...rules }) =>
    command(`settle(${at}, ${backend.slice(0, 8)}, ${outcome})`, async (model, { spool }) => {
      const id = pick(model, at);
      const attempt = { at: 1, outcome, durationMs: 2, status: 500, answer: 'no' };
      const hasAnswered = outcome === 'accepted' || outcome === 'rejected';
      // Nobody else is there: whatever claim there is, it is the own or that of somebody gone.
      const settled = model.change(id, [backend], (forward) =>
        isRunning(forward) || hasAnswered ? settle(forward, attempt, rules) : forward,
      );
      expect(bareChange(await spool.settle(id, backend, attempt, rules))).toEqual(settled);
    }),
  );

const buryOrRevive = fc
  .record({
    at: anyPlace,
    backends: someBackends,
    from: fc.option(anyStates, { nil: undefined }),
    since: fc.option(fc.nat(9), { nil: undefined }),
  })
  .map(({ at, backends, from, since }) =>
    command(`${from === undefined ? 'bury' : 'revive'}(${at})`, async (model, { spool }) => {
      const id = pick(model, at);
      const changed = model.change(id, backends, (forward: Forward) => {
        if (from === undefined) return bury(forward, 'too old');
        const isDone = since !== undefined && forward.owedSince === since;
        if (isDone || !from.includes(forward.state)) return forward;
        if (forward.state !== 'owed') model.owedAfresh(id, forward.backend);
        return revive(forward, since);
      });
      const change =
        from === undefined ? spool.bury(id, backends, 'too old') : spool.revive(id, backends, from, since);
      expect(bareChange(await change)).toEqual(changed);
    }),
  );

const withdrawSome = fc.record({ at: anyPlace, backends: someBackends }).map(({ at, backends }) =>
  command(`withdraw(${at})`, async (model, { spool }) => {
    const id = pick(model, at);
    const changed = model.change(id, backends, withdraw);
    expect(bareChange(await spool.withdraw(id, backends))).toEqual(changed);
  }),
);

const discard = fc
  .record({
    at: anyPlace,
    backends: fc.option(someBackends, { nil: undefined }),
    from: fc.option(anyStates, { nil: undefined }),
  })
  .map(({ at, backends, from }) =>
    command(`discard(${at}, ${backends?.length ?? 'all'}, ${String(from)})`, async (model, { spool }) => {
      const id = pick(model, at);
      const changed = model.change(id, backends ?? BACKENDS, (forward) =>
        isKept(forward) && from?.includes(forward.state) !== false ? undefined : forward,
      );
      expect(bareChange(await spool.discard(id, backends, from))).toEqual(changed);
    }),
  );

const release = anyPlace.map((at) =>
  command(`release(${at})`, async (model, { spool }) => {
    const id = pick(model, at);
    const changed = model.change(id, BACKENDS, (forward) =>
      forward.state === 'rejected' && isKept(forward) ? { ...forward, released: true } : forward,
    );
    expect(bareChange(await spool.release(id))).toEqual(changed);
  }),
);

const amend = anyPlace.map((at) =>
  command(`amend(${at})`, async (model, { spool }) => {
    const id = pick(model, at);
    const sent = { query: 'b=2', rawHeaders: ['X', 'y'] };
    const known = model.deliveries.get(id);
    const changed =
      known && model.replace(known, { ...known.stored, delivery: { ...known.stored.delivery, ...sent } });
    expect(bareChange(await spool.amend(id, sent))).toEqual(changed);
  }),
);

const register = fc.record({ url: anyBackend, keep: fc.boolean() }).map(({ url, keep }) =>
  command(`${keep ? 'keep' : 'forget'}Backend(${url.slice(0, 8)})`, async (model, { spool }) => {
    model.backends[keep ? 'add' : 'delete'](url);
    model.events.push({ kind: 'backends' });
    await (keep ? spool.keepBackend(url) : spool.forgetBackend(url));
  }),
);

const read = fc
  .record({ at: anyPlace, limit: fc.nat(4), backend: anyBackend })
  .map(({ at, limit, backend }) =>
    command(`read(${at}, ${limit})`, async (model, { spool }) => {
      const id = pick(model, at);
      const known = model.deliveries.get(id);
      const found = await spool.get(id);
      expect(found && bare(found)).toEqual(known?.stored);
      expect(await spool.payload(id)).toEqual(known?.payload);
      expect((await spool.list(id, limit)).map(bare)).toEqual(
        model.latestFirst.filter(({ delivery }) => delivery.id < id).slice(0, limit),
      );
      expect((await spool.listAfter(id, limit)).map(bare)).toEqual(
        model.oldestFirst.filter(({ delivery }) => delivery.id > id).slice(0, limit),
      );
      const [oldest = 0] = model.deliveries.keys();
      const each = (await spool.getEach([id, oldest, id])).map(bare);
      expect(each.sort((a, b) => a.delivery.id - b.delivery.id)).toEqual(
        model.oldestFirst.filter(({ delivery }) => [id, oldest].includes(delivery.id)),
      );
      const owed = model.with((forward) => forward.backend === backend && forward.state === 'owed');
      expect((await spool.owedTo(backend, limit)).map(bare)).toEqual(owed.slice(0, limit));
      expect((await spool.owedTo(backend, limit, id)).map(bare)).toEqual(
        owed.filter(({ delivery }) => delivery.id > id).slice(0, limit),
      );
      const rejected = model.with((forward) => forward.state === 'rejected' && isKept(forward));
      expect((await spool.rejected(limit)).map(bare)).toEqual(rejected.slice(0, limit));
    }),
  );

const reopen = fc.constant(
  command('reopen', async (model, real) => {
    await real.reopen();
    model.own.clear();
  }),
);

/** Everything that can be asked without knowing an id, and what was told. */
async function expectSame(model: Model, real: Real): Promise<void> {
  const { spool } = real;
  expect(spool.bytes).toBe(model.bytes);
  expect(new Map(spool.counts())).toEqual(model.counts());
  const all = await spool.list(Infinity, 1000);
  expect(all.map(bare)).toEqual(model.latestFirst);
  expect(all.flatMap(({ forwards }) => forwards).map(({ claimedBy }) => claimedBy !== undefined)).toEqual(
    all.flatMap(({ forwards }) => forwards).map(isRunning),
  );
  expect((await spool.abandoned()).map(bare)).toEqual(model.abandoned());
  for (const key of KEYS) expect((await spool.find(key)).map(bare)).toEqual(model.find(key));
  expect((await spool.registeredBackends()).sort()).toEqual([...model.backends].sort());
  const told = real.events
    .splice(0)
    .map((event) => (event.kind === 'over' ? { ...event, delivery: bare(event.delivery) } : event));
  expect(told).toEqual(model.events.splice(0));
}

/** Any of the verbs, the commoner ones more often. */
export const anyCommands = fc.commands(
  [
    ...[store, store, claim, claim, claim, settleOne, settleOne, settleOne, buryOrRevive],
    ...[buryOrRevive, withdrawSome, discard, release, amend, register, read, reopen],
  ],
  { maxCommands: 60, size: 'max' },
);
