import { thrownBy } from '../../test/support/thrown-by.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { parseId, parseListQuery } from './list-query.js';

const NOW = Date.UTC(2026, 0, 2);
const parse = (query: string) => parseListQuery(`/deliveries${query}`, NOW);

describe('the query of a list', () => {
  it.each(['', '?'])('may be empty: %j', (query) => {
    expect(parse(query)).toEqual({ limit: 50, before: Number.MAX_SAFE_INTEGER });
  });

  it.each([
    ['?state=owed', { state: 'owed' }],
    ['?backend=https://A.example.com/', { backend: 'https://a.example.com' }],
    ['?backend=A.example.com:8443', { backend: 'a.example.com:8443' }],
    ['?backend=[::1]:80', { backend: '[::1]:80' }],
    ['?repository=Octocat/Hello', { repository: 'octocat/hello' }],
    ['?guid=a%20b', { guid: 'a b' }],
    ['?since=1h', { since: NOW - 3_600_000 }],
    ['?since=2026-01-01T01:00:00.5%2B01:00', { since: Date.UTC(2026, 0, 1) + 500 }],
    ['?since=2026-01-01T01:00:00+01:00', { since: Date.UTC(2026, 0, 1) }],
    ['?limit=500&cursor=7', { limit: 500, before: 7 }],
  ])('%s is read', (query, expected) => {
    expect(parse(query)).toMatchObject(expected);
  });

  it.each([
    '?a=1',
    '?state=x',
    '?limit=0',
    '?since=1',
    '?cursor=0',
    '?guid=',
    '?guid=a&guid=b',
    '?__proto__=1',
  ])('%s is refused', (query) => {
    const error = thrownBy(() => parse(query));
    expect(error).toBeInstanceOf(SprayproxyError);
    expect(error).toMatchObject({ code: 'invalid-request' });
  });
});

it.each([
  ['1', 1],
  ['1764000000000000', 1_764_000_000_000_000],
  ['', undefined],
  ['0', undefined],
  ['01', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['9999999999999999', undefined],
])('the id %j is %p', (text, id) => {
  expect(parseId(text)).toBe(id);
});
