import { setImmediate as turn } from 'node:timers/promises';

import { captureLog } from '../../test/support/captured-log.js';
import { configFor } from '../../test/support/config-for.js';
import { MemorySpool, MemoryStore } from '../../test/support/memory-spool.js';
import { newGauge, samplesOf } from '../../test/support/unregistered-metrics.js';
import { BackendRegistry, MAX_REGISTERED_BACKENDS } from './backend-registry.js';
import { NoSpool } from '../spool/no-spool.js';
import { type Spool } from '../spool/spool.js';
import { Backend } from '../model/backend.js';
import { BackendFilter } from '../model/backend-filter.js';
import { filtersIn, keepFilter } from '../spool/backend-filters.js';

function registryOf(...staticUrls: string[]) {
  const count = newGauge('origin');
  const config = configFor({ SPRAYPROXY_SERVER_BACKEND: staticUrls.join(' ') });
  const registry = new BackendRegistry(config, new NoSpool(), count, captureLog().logger);
  const removed: Backend[] = [];
  registry.on('removed', (backend) => removed.push(backend));
  return { registry, removed, count, urls: () => registry.list().map(({ url }) => url) };
}

const backendAt = (url: string) => new Backend(new URL(url), 'registered');

describe('BackendRegistry', () => {
  it('begins with the static backends, each once, in their order', () => {
    const { registry, urls } = registryOf('http://b', 'http://a', 'http://b/', 'http://c/base');
    expect(urls()).toEqual(['http://b', 'http://a', 'http://c/base']);
    expect(registry.list().map(({ origin }) => origin)).toEqual(['static', 'static', 'static']);
  });

  it('begins empty without any', () => {
    expect(registryOf().urls()).toEqual([]);
  });

  it.each([
    ['http://new', 'registered', ['http://static', 'http://new']],
    ['http://static/', 'known', ['http://static']],
    ['HTTP://STATIC:80', 'known', ['http://static']],
    ['http://static/base', 'registered', ['http://static', 'http://static/base']],
  ])('asked to register %s, answers %s', async (url, result, list) => {
    const { registry, urls } = registryOf('http://static');
    expect(await registry.register(backendAt(url))).toBe(result);
    expect(urls()).toEqual(list);
    expect(registry.has(backendAt(url))).toBe(true);
  });

  it('keeps a backend as it came first', async () => {
    const { registry } = registryOf('http://a');
    await registry.register(backendAt('http://a/'));
    expect(registry.list()).toMatchObject([{ url: 'http://a', origin: 'static' }]);
  });

  it(`is full at ${MAX_REGISTERED_BACKENDS} registered backends, the static ones not counted`, async () => {
    const { registry, urls } = registryOf('http://static');
    const register = (n: number) => registry.register(backendAt(`http://backend-${n}`));
    const results = await Promise.all(
      Array.from({ length: MAX_REGISTERED_BACKENDS + 1 }, (_, n) => register(n + 1)),
    );

    expect(MAX_REGISTERED_BACKENDS).toBe(256);
    expect(results.slice(0, 256)).toEqual(Array(256).fill('registered'));
    expect(results[256]).toBe('full');
    expect(urls()).toHaveLength(257);
    expect(await register(1)).toBe('known');
    await registry.unregister('http://backend-1');
    expect(await register(257)).toBe('registered');
    expect(await register(258)).toBe('full');
  });

  it('makes no room for registered backends by giving up static ones', async () => {
    const { registry } = registryOf('http://static');
    for (let n = 1; n <= MAX_REGISTERED_BACKENDS; n++)
      await registry.register(backendAt(`http://backend-${n}`));
    await registry.unregister('http://static');
    expect(await registry.register(backendAt('http://static'))).toBe('full');
  });

  it.each(['static', 'registered'])(
    'gives up a %s backend, and tells of it when it is gone',
    async (name) => {
      const { registry, removed, urls } = registryOf('http://static');
      await registry.register(backendAt('http://registered'));
      const goneWhenTold: boolean[] = [];
      registry.on('removed', (backend) => goneWhenTold.push(!registry.has(backend)));

      const backend = await registry.unregister(backendAt(`http://${name}/`).key);
      expect(backend).toMatchObject({ url: `http://${name}`, origin: name });
      expect(removed).toEqual([backend]);
      expect(goneWhenTold).toEqual([true]);
      expect(urls()).not.toContain(`http://${name}`);
      expect(await registry.unregister(`http://${name}`)).toBeUndefined();
      expect(removed).toHaveLength(1);
    },
  );

  it('unregisters no other backend than the one that was meant, if that has been registered again since', async () => {
    const { registry, urls } = registryOf();
    const old = backendAt('http://a');
    await registry.register(old);
    const changes = [registry.unregister(old.key), registry.register(backendAt('http://a'))];
    expect(await registry.unregister(old.key, old)).toBeUndefined();
    await Promise.all(changes);
    expect(urls()).toEqual(['http://a']);
  });

  it('and its spool agree in the end, whatever is asked for at the same time', async () => {
    const kept = new Set<string>();
    // As slow as a disk, each write as slow as it likes.
    const after = (turns: number): Promise<void> =>
      turns === 0 ? Promise.resolve() : turn().then(() => after(turns - 1));
    const spool = {
      announce: () => undefined,
      noted: () => Promise.resolve(new Map()),
      keepBackend: (url: string) => after(3).then(() => kept.add(url)),
      forgetBackend: (url: string) => after(1).then(() => kept.delete(url)),
    } as unknown as Spool;
    const registry = new BackendRegistry(configFor({}), spool, newGauge('origin'), captureLog().logger);
    const { key } = backendAt('http://a');
    await registry.register(backendAt('http://a'));
    await Promise.all([
      registry.unregister(key),
      registry.unregister(key),
      registry.register(backendAt('http://a')),
    ]);
    expect(registry.list().map(({ url }) => url)).toEqual([...kept]);
    expect(kept.size).toBe(1);
  });

  it('loads none that is this program itself, at either of its ports', async () => {
    const spool = new MemorySpool();
    for (const port of [8080, 8081, 9090, 9091]) await spool.keepBackend(`http://127.0.0.1:${port}`);
    const config = configFor({
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
      SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: 'true',
    });
    const log = captureLog();
    const registry = new BackendRegistry(config, spool, newGauge('origin'), log.logger);
    await registry.onModuleInit();
    expect(registry.list().map(({ port }) => port)).toEqual([8081, 9091]);
    expect(log.lines()).toMatchObject([8080, 9090].map((port) => ({ backend: `http://127.0.0.1:${port}` })));
  });

  it('does not alter a list it has given out', async () => {
    const { registry } = registryOf('http://a', 'http://b');
    const before = registry.list();
    await registry.register(backendAt('http://c'));
    await registry.unregister('http://a');
    expect(before.map(({ url }) => url)).toEqual(['http://a', 'http://b']);
    expect(registry.list().map(({ url }) => url)).toEqual(['http://b', 'http://c']);
  });

  it('knows a host as long as one backend is left there', async () => {
    const { registry } = registryOf('http://pac:8080/a', 'http://pac:8080/b');
    await registry.unregister('http://pac:8080/a');
    expect(registry.hasHost('pac:8080')).toBe(true);
    expect(registry.hasHost('pac')).toBe(false);
    await registry.unregister('http://pac:8080/b');
    expect(registry.hasHost('pac:8080')).toBe(false);
  });

  it('counts its backends by origin', async () => {
    const { registry, count } = registryOf('http://a', 'http://b');
    await expect(samplesOf(count)).resolves.toEqual({
      'gauge{origin="static"}': 2,
      'gauge{origin="registered"}': 0,
    });
    await registry.register(backendAt('http://c'));
    await registry.register(backendAt('http://c'));
    await registry.unregister('http://a');
    await expect(samplesOf(count)).resolves.toEqual({
      'gauge{origin="static"}': 1,
      'gauge{origin="registered"}': 1,
    });
  });
});

describe('filters', () => {
  const PUSH = BackendFilter.of({ events: ['push'] }) as BackendFilter;
  const ISSUES = BackendFilter.of({ events: ['issues'] }) as BackendFilter;
  const DYNAMIC = { SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true' };

  async function replica(store: MemoryStore, backends = '') {
    const env = { ...DYNAMIC, SPRAYPROXY_SERVER_BACKEND: backends };
    const spool = new MemorySpool({ store });
    const registry = new BackendRegistry(configFor(env), spool, newGauge('origin'), captureLog().logger);
    await registry.onModuleInit();
    return registry;
  }

  const shown = ({ filters }: BackendRegistry) =>
    Object.fromEntries([...filters].map(([key, filter]) => [key, String(filter)]));

  it('are those of the environment, and of who registers', async () => {
    const registry = await replica(new MemoryStore(), 'http://static events=push http://other');
    await registry.register(backendAt('http://a'), ISSUES);
    await registry.register(backendAt('http://b'));
    expect(shown(registry)).toEqual({ 'http://static': 'events=push', 'http://a': 'events=issues' });
  });

  it('change when it is registered with another, and only then', async () => {
    const registry = await replica(new MemoryStore());
    const backend = backendAt('http://a');
    const results = [];
    for (const filter of [PUSH, PUSH, undefined, ISSUES, undefined, null, null, PUSH])
      results.push([await registry.register(backendAt('http://a/'), filter), shown(registry)[backend.key]]);
    expect(results).toEqual([
      ['registered', 'events=push'],
      ['known', 'events=push'],
      ['known', 'events=push'],
      ['changed', 'events=issues'],
      ['known', 'events=issues'],
      ['changed', undefined],
      ['known', undefined],
      ['changed', 'events=push'],
    ]);
    expect(registry.list()).toHaveLength(1);
  });

  it('of a backend of the environment are what that says', async () => {
    const registry = await replica(new MemoryStore(), 'http://static events=push http://other');
    expect(await registry.register(backendAt('http://static'), PUSH)).toBe('known');
    expect(await registry.register(backendAt('http://static'))).toBe('known');
    expect(await registry.register(backendAt('http://static'), ISSUES)).toBe('fixed');
    expect(await registry.register(backendAt('http://static'), null)).toBe('fixed');
    expect(await registry.register(backendAt('http://other'), PUSH)).toBe('fixed');
    expect(shown(registry)).toEqual({ 'http://static': 'events=push' });
  });

  it('of the environment count where the backend has been registered too', async () => {
    const store = new MemoryStore();
    await (await replica(store)).register(backendAt('http://static'), ISSUES);
    expect(shown(await replica(store, 'http://static events=push'))).toEqual({
      'http://static': 'events=push',
    });
  });

  it('go with their backend, and do not come back with it', async () => {
    const store = new MemoryStore();
    const registry = await replica(store, 'http://static events=push');
    await registry.register(backendAt('http://a'), PUSH);
    await registry.unregister('http://a');
    await registry.unregister('http://static');
    expect(shown(registry)).toEqual({});
    expect((await filtersIn(new MemorySpool({ store }))).size).toBe(0);
    await registry.register(backendAt('http://a'));
    expect(shown(registry)).toEqual({});
    expect(shown(await replica(store))).toEqual({});
  });

  it('that an earlier backend has left are not those of the one that is registered now', async () => {
    const store = new MemoryStore();
    await keepFilter(new MemorySpool({ store }), 'http://a', PUSH);
    const registry = await replica(store);
    await registry.register(backendAt('http://a'));
    expect(shown(await replica(store))).toEqual({});
  });

  it('are those of all replicas, and of who starts later', async () => {
    const store = new MemoryStore();
    const [one, other] = [await replica(store), await replica(store)];
    await one.register(backendAt('http://a'), PUSH);
    await one.register(backendAt('http://b'), PUSH);
    await turn();
    expect(shown(other)).toEqual(shown(one));
    await other.register(backendAt('http://a'), ISSUES);
    await one.register(backendAt('http://b'), null);
    for (let turns = 0; turns < 10; turns += 1) await turn();
    for (const registry of [one, other, await replica(store)])
      expect(shown(registry)).toEqual({ 'http://a': 'events=issues' });
  });

  it('leave the backend itself as it is, so that what is known of it stays', async () => {
    const registry = await replica(new MemoryStore());
    await registry.register(backendAt('http://a'), PUSH);
    const [before] = registry.list();
    await registry.register(backendAt('http://a'), ISSUES);
    expect(registry.list()[0]).toBe(before);
  });

  it('stay as they were where they cannot be kept', async () => {
    const store = new MemoryStore();
    const spool = new MemorySpool({ store });
    const registry = new BackendRegistry(configFor(DYNAMIC), spool, newGauge('origin'), captureLog().logger);
    await registry.register(backendAt('http://a'), PUSH);
    spool.failing = true;
    await expect(registry.register(backendAt('http://a'), ISSUES)).rejects.toMatchObject({
      code: 'spool-failed',
    });
    expect(shown(registry)).toEqual({ 'http://a': 'events=push' });
  });
});
