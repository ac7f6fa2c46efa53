import { once } from 'node:events';

import { Client } from 'pg';

import { installCleanup, onCleanup } from '../cleanup.js';
import { FaultyLink } from './faulty-link.js';
import { sharedPostgres } from './start-postgres.js';

installCleanup();
const postgres = sharedPostgres();

let link: FaultyLink;
beforeEach(async () => {
  link = await FaultyLink.start(postgres().port);
});

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: link.url(postgres().url()) });
  client.on('error', () => undefined);
  onCleanup(() => client.end());
  await client.connect();
  return client;
}

const one = [{ one: 1 }];
const select = async (client: Client) => (await client.query<{ one: number }>('SELECT 1 AS one')).rows;

it('passes everything on', async () => {
  expect(await select(await connected())).toEqual(one);
});

it('holds what is sent until it passes again', async () => {
  const client = await connected();
  await link.set('hold');
  let answered = false;
  const answer = select(client).finally(() => (answered = true));
  const late = connected();

  await postgres().exec('SELECT');
  expect(answered).toBe(false);

  await link.set('pass');
  expect(await answer).toEqual(one);
  expect(await select(await late)).toEqual(one);
});

it('cuts those that are there, and no later ones', async () => {
  const client = await connected();
  const ended = once(client, 'error');

  link.cut();

  await ended;
  expect(await select(await connected())).toEqual(one);
});

it('refuses until it passes again', async () => {
  await link.set('refuse');
  await expect(connected()).rejects.toThrow('ECONNREFUSED');

  await link.set('pass');
  expect(await select(await connected())).toEqual(one);
});

it('cuts after the server has committed, and before the client hears of it', async () => {
  await postgres().exec('CREATE TABLE unheard (n int)');
  const client = await connected();

  const cut = link.cutAfter((bytes) => bytes.includes('INSERT INTO unheard'), 'refuse');
  await select(client);
  await expect(client.query('INSERT INTO unheard VALUES ($1)', [1])).rejects.toThrow();

  await cut;
  await expect(connected()).rejects.toThrow('ECONNREFUSED');
  expect(await postgres().exec('SELECT n FROM unheard')).toEqual([{ n: 1 }]);
});
