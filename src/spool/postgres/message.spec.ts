import { decode, encode, type Message } from './message.js';

const HOLDER = '7f9c24e5-2c4d-4f52-9d3a-0c1e8a6b9d10';
const ID = 1_767_225_600_000_064;

const owedTo = (backend: string, identityKey = 'guid'): Message => ({
  kind: 'owed',
  id: ID,
  backend,
  identityKey,
});

it.each<Message>([
  owedTo('https://a'),
  owedTo(`https://h/${'x'.repeat(2038)}`, '\u0000\u00fc\ud800'.repeat(40)),
  { kind: 'changed', id: ID, backend: 'https://a' },
  { kind: 'remembered', keys: ['one', 'two'] },
  { kind: 'backends' },
  { kind: 'replicas' },
  { kind: 'look' },
])('arrives as it was sent: $kind', (message) => {
  expect(decode(encode(HOLDER, message))).toEqual({ holder: HOLDER, message });
});

it.each([
  [7999, 'owed'],
  [8000, 'look'],
])('a message of %d bytes arrives as %s', (bytes, kind) => {
  const around = Buffer.byteLength(encode(HOLDER, owedTo('')));
  // Two bytes a letter.
  const backend = '\u00fc'.repeat(Math.floor((bytes - around) / 2)) + 'x'.repeat((bytes - around) % 2);
  expect(decode(encode(HOLDER, owedTo(backend)))?.message.kind).toBe(kind);
});

it.each([
  ...['', 'hello', '{', 'null', '1', '{}', '[]', '["h"]', '["h","unheard-of",1]', '[1,"look"]', '[null]'],
  ...['["h","owed"]', '["h","owed","1","b","k"]', '["h","owed",1,"b"]', '["h","changed",1,2]'],
  '["h","remembered","a",1]',
])('takes %j for nothing that it knows', (payload) => {
  expect(decode(payload)).toBeUndefined();
});
