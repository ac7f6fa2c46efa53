import { EventEmitter, once } from 'node:events';
import { Client } from 'pg';

import { installCleanup, onCleanup } from '../../../test/support/cleanup.js';
import { FakeClock } from '../../../test/support/fake-clock.js';
import { FaultyLink } from '../../../test/support/postgres/faulty-link.js';
import { sharedPostgres } from '../../../test/support/postgres/start-postgres.js';
import { Channel } from './channel.js';
import { CHANNEL, encode, type Message } from './message.js';

const LOOK: Message = { kind: 'look' };
/** With half of the chance there is. */
const RECONNECT_AFTER_MS = 1125;
const TRY_AGAIN_AFTER_MS = 67_500;

installCleanup();
const postgres = sharedPostgres();

let clock: FakeClock;
let link: FaultyLink;
let sender: Client;
/** Whether what is sent gets to the server. */
let swallows: boolean;
let heard: EventEmitter<{ message: [Message]; listening: [boolean] }>;

beforeEach(async () => {
  clock = new FakeClock();
  link = await FaultyLink.start(postgres().port);
  sender = new Client({ connectionString: postgres().url() });
  await sender.connect();
  onCleanup(() => sender.end());
  swallows = false;
  heard = new EventEmitter();
});

const send = async (payload: string): Promise<void> => {
  if (!swallows) await sender.query('SELECT pg_notify($1, $2)', [CHANNEL, payload]);
};

function started(): Channel {
  const channel = new Channel({
    connect: async () => {
      const client = new Client({
        connectionString: link.url(postgres().url()),
        application_name: 'listener',
      });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    send,
    holder: 'own',
    clock,
    onMessage: (message) => heard.emit('message', message),
    onListening: (listening) => heard.emit('listening', listening),
  });
  onCleanup(() => channel.stop());
  channel.start();
  return channel;
}

async function listening(): Promise<Channel> {
  const told = once(heard, 'listening');
  const channel = started();
  expect(await told).toEqual([true]);
  return channel;
}

const hears = async (payloads: readonly string[]): Promise<Message> => {
  const message = once(heard, 'message') as Promise<[Message]>;
  for (const payload of payloads) await send(payload);
  return (await message)[0];
};

/** Passes the time that somebody waits for. */
const passWhenAwaited = async (ms: number): Promise<void> => {
  await clock.untilAwaited(ms);
  clock.pass(ms);
};

const untilNoneIsConnected = async (): Promise<void> => {
  const count = `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE application_name = 'listener'`;
  while ((await sender.query<{ n: number }>(count)).rows[0]?.n !== 0);
};

it('hears what others send, and nothing else', async () => {
  const channel = await listening();
  expect(channel.listening).toBe(true);
  const others = [encode('own', { kind: 'backends' }), 'nonsense', '["other","unheard-of"]'];
  expect(await hears([...others, encode('other', LOOK)])).toEqual(LOOK);
});

it('comes back when its connection was lost', async () => {
  const channel = await listening();
  const told = once(heard, 'listening');
  link.cut();
  expect(await told).toEqual([false]);
  expect(channel.listening).toBe(false);
  const back = once(heard, 'listening');
  await passWhenAwaited(RECONNECT_AFTER_MS);
  expect(await back).toEqual([true]);
  expect(await hears([encode('other', LOOK)])).toEqual(LOOK);
});

it('tries until it is connected', async () => {
  await link.set('refuse');
  started();
  for (let tries = 0; tries < 3; tries += 1) await passWhenAwaited(RECONNECT_AFTER_MS);
  await link.set('pass');
  const told = once(heard, 'listening');
  await passWhenAwaited(RECONNECT_AFTER_MS);
  expect(await told).toEqual([true]);
});

it('believes no connection on which nothing arrives, and tries again after a minute', async () => {
  swallows = true;
  const channel = started();
  const messages: unknown[] = [];
  heard.on('listening', (is) => messages.push(is));
  await passWhenAwaited(2000);
  await clock.untilAwaited(TRY_AGAIN_AFTER_MS);
  await untilNoneIsConnected();
  await clock.untilAwaited(TRY_AGAIN_AFTER_MS);
  expect([channel.listening, channel.isDeaf, messages, link.accepted]).toEqual([false, true, [], 1]);
  swallows = false;
  const told = once(heard, 'listening');
  clock.pass(TRY_AGAIN_AFTER_MS);
  expect(await told).toEqual([true]);
  expect(channel.isDeaf).toBe(false);
});

it('notices that its connection leads nowhere', async () => {
  const channel = await listening();
  await link.set('hold');
  await passWhenAwaited(10_000);
  const told = once(heard, 'listening');
  await passWhenAwaited(2000);
  expect(await told).toEqual([false]);
  await link.set('pass');
  const back = once(heard, 'listening');
  await passWhenAwaited(RECONNECT_AFTER_MS);
  await back;
  expect(channel.listening).toBe(true);
});

it('goes on listening as long as messages arrive', async () => {
  await listening();
  const told = jest.fn();
  heard.on('listening', told);
  for (let checks = 0; checks < 5; checks += 1) await passWhenAwaited(10_000);
  await clock.untilAwaited(10_000);
  expect(told).not.toHaveBeenCalled();
  expect(link.accepted).toBe(1);
});

describe('lets go of its connection when it is stopped', () => {
  it.each<[string, () => Promise<Channel>]>([
    ['while it listens', listening],
    ['while it connects', () => Promise.resolve(started())],
    [
      'while it waits for the next try',
      async () => {
        await link.set('refuse');
        const channel = started();
        await clock.untilAwaited(RECONNECT_AFTER_MS);
        return channel;
      },
    ],
    [
      'while it waits for its own message',
      async () => {
        swallows = true;
        const channel = started();
        await clock.untilAwaited(2000);
        return channel;
      },
    ],
  ])('%s', async (_when, prepare) => {
    const channel = await prepare();
    await channel.stop();
    await untilNoneIsConnected();
    expect([channel.listening, clock.awaited]).toEqual([false, false]);
  });
});
