import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import { connectionOf, Connections } from './connections.js';

type State = 'idle' | 'arriving' | 'awaiting its answer';

const MAX = 3;

let connections: Connections;
let evictedBusy: boolean[];
let sockets: Map<string, Socket>;

beforeEach(() => {
  evictedBusy = [];
  sockets = new Map();
  connections = new Connections(
    { max: MAX, maxUnserved: MAX },
    {
      opened: () => undefined,
      evicted: (busy) => evictedBusy.push(busy),
    },
  );
});

afterEach(() => {
  for (const socket of sockets.values()) socket.destroy();
});

function open(name: string): void {
  const socket = new Socket();
  // What its request is destroyed with.
  socket.on('error', () => undefined);
  sockets.set(name, socket);
  connections.open(socket);
}

function become(name: string, state: State): void {
  const socket = sockets.get(name);
  const connection = socket && connectionOf(socket);
  if (connection === undefined) throw new Error(name);
  connections.used(connection);
  if (state === 'idle') return;
  const request = new IncomingMessage(connection.socket);
  request.on('error', () => undefined);
  request.complete = state !== 'arriving';
  connection.current = { request, response: new ServerResponse(request) };
}

const bring = (name: string, bytes: number): void => {
  Object.defineProperty(sockets.get(name), 'bytesRead', { value: bytes, configurable: true });
};

const gone = (): string[] => [...sockets].filter(([, { destroyed }]) => destroyed).map(([name]) => name);

it.each<[string, Record<'a' | 'b' | 'c', State>, string, boolean]>([
  ['of idle ones, that whose request is longest ago', { b: 'idle', a: 'idle', c: 'idle' }, 'b', false],
  [
    'an idle one rather than one that is busy',
    { a: 'arriving', b: 'awaiting its answer', c: 'idle' },
    'c',
    false,
  ],
  [
    'one on its way in rather than one that awaits its answer',
    { a: 'awaiting its answer', b: 'arriving', c: 'awaiting its answer' },
    'b',
    true,
  ],
  [
    'the newcomer, where all others await their answers',
    { a: 'awaiting its answer', b: 'awaiting its answer', c: 'awaiting its answer' },
    'new',
    false,
  ],
])('gives way: %s', (_which, states, victim, busy) => {
  for (const name of ['a', 'b', 'c']) open(name);
  for (const [name, state] of Object.entries(states)) become(name, state);
  expect(gone()).toEqual([]);
  open('new');
  expect(gone()).toEqual([victim]);
  expect(evictedBusy).toEqual([busy]);
  expect(connections.size).toBe(MAX);
});

it('gives way: of those on their way in, that which has brought nothing for longest', () => {
  for (const name of ['a', 'b', 'c']) open(name);
  for (const name of ['a', 'b', 'c']) become(name, 'arriving');
  for (const name of ['a', 'c']) bring(name, 1);
  open('d');
  expect(gone()).toEqual(['b']);
});

it('counts one that has closed no more', async () => {
  open('a');
  sockets.get('a')?.destroy();
  await new Promise((resolve) => sockets.get('a')?.once('close', resolve));
  expect(connections.size).toBe(0);
});

it('limits those that do not await their answer further', () => {
  const limits = { max: 10, maxUnserved: 2 };
  connections = new Connections(limits, { opened: () => undefined, evicted: () => undefined });
  for (const name of ['a', 'b']) {
    open(name);
    become(name, 'awaiting its answer');
  }
  for (const name of ['c', 'd']) open(name);
  expect(gone()).toEqual([]);
  open('e');
  expect(gone()).toEqual(['c']);
  become('d', 'arriving');
  open('f');
  expect(gone()).toEqual(['c', 'e']);
});
