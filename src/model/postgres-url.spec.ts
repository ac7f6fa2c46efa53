import { parsePostgresUrl, shownDatabase } from './postgres-url.js';

const AT_HOME = {
  host: 'db',
  port: 5432,
  database: 'spray',
  hasPassword: false,
  sslmode: undefined,
  files: [],
};

it.each([
  ['postgres://me@db/spray', {}],
  ['postgresql://me@db/spray', {}],
  ['postgres://me@db:6432/spray', { port: 6432 }],
  ['postgres://me:secret%40home@db/spray', { hasPassword: true }],
  ['postgres://me@db/spray?password=secret', { hasPassword: true }],
  ['postgres://db/spray?user=me', {}],
  ['postgres://me@[::1]/spray', { host: '::1' }],
  ['postgres://me@db/my%20spray', { database: 'my spray' }],
  ['postgres://me@/spray?host=/run/postgresql', { host: '/run/postgresql' }],
  ['postgres://me@%2Frun%2Fpostgresql/spray', { host: '/run/postgresql' }],
  ['postgres:///spray?host=/run/postgresql&user=me', { host: '/run/postgresql' }],
  ['postgres://me@db/spray?sslmode=verify-full', { sslmode: 'verify-full' }],
  [
    'postgres://me@db/spray?sslmode=verify-ca&sslrootcert=/ca.pem',
    { sslmode: 'verify-ca', files: ['/ca.pem'] },
  ],
])('reads %s', (url, otherwise) => {
  expect(parsePostgresUrl(url)).toEqual({ ...AT_HOME, ...otherwise });
});

it.each([
  ['postgres://', 'name one host'],
  ['postgres://me@/spray', 'name one host'],
  ['postgres:///spray', 'name one host'],
  ['postgres://me@a,b/spray', 'name one host'],
  ['postgres://me@a:1,b:2/spray', 'be a URL of one host'],
  ['postgres://me:p@ss/word@db/spray', 'name one database'],
  ['postgres://me:100%@db/spray', 'be a URL of one host'],
  ['postgres://me@db/spray\n', 'be a URL of one host'],
  ['postgres://me@db:123456/spray', 'be a URL of one host'],
  ['postgres://me@db', 'name one database'],
  ['postgres://me@db/', 'name one database'],
  ['postgres://me@db/spray/more', 'name one database'],
  ['postgres://db/spray', 'name a user'],
  ['postgres://me:a#b@db/spray', 'what is special in it written as %40'],
  ['postgres://me@db/spray#', 'have no fragment'],
  ['postgres://me@db/spray#x', 'have no fragment'],
  ['postgres://me:$(PASSWORD)@db/spray', 'hold values'],
  ['postgres://me:${PASSWORD}@db/spray', 'hold values'],
  ['postgres://me@db/spray?sslmode=verify-ca', 'name with sslmode=verify-ca the authority'],
  ['postgres://me@db/spray?sslmode=full', 'have one of these as its sslmode'],
])('says what %j must do', (url, fault) => {
  expect(parsePostgresUrl(url)).toContain(fault);
});

it.each([
  ['postgres://me:secret@db/spray?sslmode=disable', 'postgres://db:5432/spray'],
  ['postgres://me:secret@[::1]:1/spray', 'postgres://[::1]:1/spray'],
  ['postgres://me:secret@/spray?host=/run/postgresql', 'postgres:///run/postgresql/spray'],
])('shows of %s only %s', (url, shown) => {
  expect(shownDatabase(url)).toBe(shown);
});
