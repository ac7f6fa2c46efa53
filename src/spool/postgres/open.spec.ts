import { openSpool } from '../../../test/spool-contract/postgres-store.js';
import { newDelivery, payloadOf } from '../../../test/spool-contract/store-under-test.js';
import { installCleanup, onCleanup } from '../../../test/support/cleanup.js';
import { FaultyLink } from '../../../test/support/postgres/faulty-link.js';
import { sharedPostgres } from '../../../test/support/postgres/start-postgres.js';
import { type Spool } from '../spool.js';
import { SpoolUnusableError } from '../spool-unusable-error.js';
import { type OpenOptions } from './open.js';

installCleanup();
const postgres = sharedPostgres();

async function open(options: Partial<OpenOptions> & { url: string }): Promise<Spool> {
  const spool = await openSpool(options);
  onCleanup(() => spool.close());
  return spool;
}

async function faultOf(options: Partial<OpenOptions> & { url: string }): Promise<SpoolUnusableError> {
  const error: unknown = await open(options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SpoolUnusableError);
  return error as SpoolUnusableError;
}

const storeOne = (spool: Spool) => spool.store(newDelivery(payloadOf(1), ['http://a']), payloadOf(1));
const nameOf = (url: string) => new URL(url).pathname.slice(1);

function as(url: string, user: string, password: string): string {
  const other = new URL(url);
  [other.username, other.password] = [user, password];
  return other.href;
}

it('begins a spool in an empty database, by however many that start at once', async () => {
  const url = await postgres().freshDatabase();
  const spools = await Promise.all([open({ url }), open({ url }), open({ url })]);
  expect(spools.map(({ unready, fault }) => [unready, fault])).toEqual(
    spools.map(() => [undefined, undefined]),
  );
  const stored = await Promise.all(spools.map(storeOne));
  expect(new Set(stored.map(({ delivery }) => delivery.id)).size).toBe(3);
  expect(await spools[0].list(Infinity, 10)).toHaveLength(3);
});

describe('is refused, and says what to do, where', () => {
  it.each<[string, (url: string) => Promise<Partial<OpenOptions> & { url: string }>, RegExp]>([
    [
      'the password is wrong',
      (url) => Promise.resolve({ url: as(url, 'postgres', 'wr0ng-one') }),
      /does not accept the password .*: see to the password/,
    ],
    [
      'a password from elsewhere is wrong',
      (url) => Promise.resolve({ url, password: () => 'wr0ng-one' }),
      /does not accept the password/,
    ],
    [
      'no password is given',
      (url) => Promise.resolve({ url: as(url, 'postgres', '') }),
      /wants a password, and none is given .*: give one by SPRAYPROXY_SPOOL_PASSWORD_FILE/,
    ],
    [
      'it speaks no TLS',
      (url) => Promise.resolve({ url: `${url}?sslmode=require` }),
      /speaks no TLS, which sslmode in the URL asks for/,
    ],
    [
      'there is no such database',
      (url) => Promise.resolve({ url: `${url}_none` }),
      /does not exist .*: create it, or name another/,
    ],
    ['there is no such user', (url) => Promise.resolve({ url: as(url, 'nobody', 'x') }), /password/],
    [
      'the user may not create tables',
      async (url) => {
        await postgres().exec(`CREATE ROLE visitor LOGIN PASSWORD 'x'`);
        return { url: as(url, 'visitor', 'x') };
      },
      /does not let its user do what is needed .*: let this user create tables/,
    ],
    [
      'the user may not write to the tables',
      async (url) => {
        await (await openSpool({ url })).close();
        await postgres().exec(
          `CREATE ROLE reader LOGIN PASSWORD 'x'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`,
          nameOf(url),
        );
        return { url: as(url, 'reader', 'x') };
      },
      /does not let its user INSERT in sprayproxy_schema/,
    ],
    [
      'its schema is newer',
      async (url) => {
        await (await openSpool({ url })).close();
        await postgres().exec('UPDATE sprayproxy_schema SET oldest_reader = 2', nameOf(url));
        return { url };
      },
      /has a schema for programs of version 2 or later, and this one knows version 1/,
    ],
    [
      'what it has acknowledged can be lost',
      async (url) => {
        await postgres().exec(`ALTER DATABASE ${nameOf(url)} SET synchronous_commit = off`);
        return { url };
      },
      /has synchronous_commit set to off/,
    ],
    [
      'the URL is none',
      () => Promise.resolve({ url: 'postgres://u:wr0ng-one@h:x/d' }),
      /cannot be connected to/,
    ],
  ])('%s', async (_what, prepare, message) => {
    const error = await faultOf(await prepare(await postgres().freshDatabase()));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^the spool's database .*\(SPRAYPROXY_SPOOL_URL\)/);
    expect(error.message).not.toMatch(/wr0ng-one|known-to-tests-only/);
  });
});

it('takes a database that may lose what it has acknowledged, if it is told to', async () => {
  const url = await postgres().freshDatabase();
  await postgres().exec(`ALTER DATABASE ${nameOf(url)} SET synchronous_commit = off`);
  expect((await open({ url, allowAsyncCommit: true })).unready).toBeUndefined();
});

it('uses a schema that is ahead as it is, if that allows for it', async () => {
  const url = await postgres().freshDatabase();
  await (await openSpool({ url })).close();
  await postgres().exec(`INSERT INTO sprayproxy_migration VALUES ('0099', 'later')`, nameOf(url));
  expect(await storeOne(await open({ url }))).toBeDefined();
});

it('asks for the password whenever it connects', async () => {
  const url = await postgres().freshDatabase();
  const secret = new URL(url).password;
  let asked = 0;
  const password = () => {
    asked += 1;
    return secret;
  };
  const spool = await open({ url: as(url, 'postgres', 'another'), password });
  await Promise.all(Array.from({ length: 4 }, () => storeOne(spool)));
  expect(asked).toBeGreaterThan(1);
});

it('fails, and ends nothing, while the password cannot be read', async () => {
  const url = await postgres().freshDatabase();
  const secret = new URL(url).password;
  let isThere = true;
  const password = () => {
    if (!isThere) throw new Error('ENOENT: no such file or directory');
    return secret;
  };
  const spool = await open({ url: as(url, 'postgres', 'another'), password });
  isThere = false;
  await postgres().exec(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${nameOf(url)}'`,
  );
  const failed = await Promise.allSettled(Array.from({ length: 12 }, () => storeOne(spool)));
  expect(failed.map(({ status }) => status)).toContain('rejected');
  isThere = true;
  while (spool.fault !== undefined) await spool.list(Infinity, 1).catch(() => undefined);
  expect(await storeOne(spool)).toBeDefined();
});

describe('a database that cannot be reached at the start', () => {
  it('is tried until it can be: the spool is unready, and fails, and then is ready by itself', async () => {
    const link = await FaultyLink.start(postgres().port);
    await link.set('refuse');
    const spool = await open({ url: link.url(await postgres().freshDatabase()) });
    const found = new Promise<void>((resolve) => {
      spool.watch(({ kind }) => {
        if (kind === 'found') resolve();
      });
    });
    expect(spool.unready).toContain('ECONNREFUSED');
    expect(spool.fault).toBe(spool.unready);
    await expect(spool.get(1)).rejects.toMatchObject({ code: 'spool-failed' });
    await link.set('pass');
    await found;
    expect([spool.unready, spool.fault]).toEqual([undefined, undefined]);
    expect(await storeOne(spool)).toBeDefined();
  });

  it('and is unusable then, is told of', async () => {
    const link = await FaultyLink.start(postgres().port);
    await link.set('refuse');
    const url = as(link.url(await postgres().freshDatabase()), 'postgres', 'wr0ng-one');
    const told = new Promise<SpoolUnusableError>((resolve) => {
      void open({ url, onUnusable: resolve }).then(() => link.set('pass'));
    });
    expect((await told).message).toContain('does not accept the password');
  });

  it('is not needed to give ids', async () => {
    const link = await FaultyLink.start(postgres().port);
    await link.set('refuse');
    const spool = await open({ url: link.url(await postgres().freshDatabase()) });
    const ids = [spool.nextId(5), spool.nextId(5), spool.nextId(4)];
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  });
});
