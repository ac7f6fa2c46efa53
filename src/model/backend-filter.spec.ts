import { BackendFilter } from './backend-filter.js';

function filterOf(lists: object): BackendFilter {
  const filter = BackendFilter.of(lists);
  if (!(filter instanceof BackendFilter)) throw new Error(`no filter: ${String(filter)}`);
  return filter;
}

const NO_EVENTS = 'events must hold names of events such as pull_request';
const NO_REPOSITORIES = 'repositories must hold names such as owner/name or owner/*';

it.each([
  [{ events: [] }, 'events must not be empty'],
  [{ repositories: [] }, 'repositories must not be empty'],
  [{ events: 'push' }, 'events must be an array of strings'],
  [{ events: { 0: 'push' } }, 'events must be an array of strings'],
  [{ events: null }, 'events must be an array of strings'],
  [{ repositories: 1 }, 'repositories must be an array of strings'],
  [{ events: ['push', ''] }, NO_EVENTS],
  [{ events: ['push', 1] }, NO_EVENTS],
  [{ events: ['Push'] }, NO_EVENTS],
  [{ events: ['pull-request'] }, NO_EVENTS],
  [{ events: ['*'] }, NO_EVENTS],
  [{ events: ['push\n'] }, NO_EVENTS],
  [{ events: ['a'.repeat(101)] }, NO_EVENTS],
  [{ repositories: ['org'] }, NO_REPOSITORIES],
  [{ repositories: ['*'] }, NO_REPOSITORIES],
  [{ repositories: ['org/'] }, NO_REPOSITORIES],
  [{ repositories: ['/name'] }, NO_REPOSITORIES],
  [{ repositories: ['org/a/b'] }, NO_REPOSITORIES],
  [{ repositories: ['https://github.com/org/name'] }, NO_REPOSITORIES],
  [{ repositories: ['org/na me'] }, NO_REPOSITORIES],
  [{ repositories: ['org/[a-z]'] }, NO_REPOSITORIES],
  [{ repositories: [`org/${'a'.repeat(101)}`] }, NO_REPOSITORIES],
  [{ events: ['push'], repositories: [null] }, NO_REPOSITORIES],
])('refuses %j: %s', (lists, reason) => {
  expect(BackendFilter.of(lists)).toBe(reason);
});

it('is none without a list', () => {
  expect(BackendFilter.of({})).toBeUndefined();
  expect(BackendFilter.of({ events: undefined, branches: ['main'] } as object)).toBeUndefined();
});

it.each([
  ['push', undefined],
  ['pull_request', undefined],
  ['issues', 'events'],
  ['push_', 'events'],
  // Cannot be read.
  [undefined, undefined],
  ['', undefined],
  ['issues, issues', undefined],
  ['Issues', undefined],
])('for push and pull_request, the event %j is left out by %j', (event, by) => {
  expect(filterOf({ events: ['push', 'pull_request'] }).leavesOutBy(event, () => 'org/name')).toBe(by);
});

it.each([
  ['org/name', 'org/name', true],
  ['org/name', 'ORG/Name', true],
  ['Org/NAME', 'org/name', true],
  ['org/name', 'org/names', false],
  ['org/name', 'other/name', false],
  ['org/*', 'org/name', true],
  ['org/*', 'org/.', true],
  ['org/*', 'organisation/name', false],
  ['org/b*', 'org/ab', false],
  ['org/*b', 'org/ba', false],
  ['*/name', 'org/name', true],
  ['*/*', 'org/name', true],
  ['org/a.c', 'org/abc', false],
  ['org/a*c', 'org/ac', true],
  ['org/a*c', 'org/abbc', true],
  ['org/a*c', 'org/abcd', false],
  ['org/*-ci', 'org/a-ci-ci', true],
  ['org/a*a', 'org/a', false],
  ['org/a*b*c', 'org/abxbc', true],
  ['org/a*b*c', 'org/acb', false],
  ['org/a*b*b', 'org/ab', false],
  ['org/a**c', 'org/ac', true],
  ['o*g/n*e', 'org/name', true],
])('is %s like %s: %j', (pattern, name, is) => {
  const filter = filterOf({ repositories: ['never/this', pattern] });
  expect(filter.leavesOutBy('push', () => name)).toBe(is ? undefined : 'repositories');
});

it('lets a webhook through whose repository cannot be read', () => {
  const filter = filterOf({ events: ['push'], repositories: ['org/*'] });
  expect(filter.leavesOutBy('push', () => undefined)).toBeUndefined();
  expect(filter.leavesOutBy('push', () => 'other/name')).toBe('repositories');
});

it('asks for the repository only where it matters', () => {
  const repository = jest.fn(() => 'org/name');
  filterOf({ events: ['push'] }).leavesOutBy('push', repository);
  filterOf({ events: ['push'], repositories: ['org/*'] }).leavesOutBy('issues', repository);
  expect(repository).not.toHaveBeenCalled();
  filterOf({ repositories: ['org/*'] }).leavesOutBy('push', repository);
  expect(repository).toHaveBeenCalledTimes(1);
});

it('takes no longer for a pattern made to take long', () => {
  const filter = filterOf({ repositories: [`org/${'*a'.repeat(50)}`] });
  const begin = process.hrtime.bigint();
  expect(filter.leavesOutBy('push', () => `org/${'a'.repeat(99)}b`)).toBe('repositories');
  expect(Number(process.hrtime.bigint() - begin) / 1e6).toBeLessThan(100);
});

it('is the same whatever the order and the case', () => {
  const same = (one: object, other: object) =>
    BackendFilter.same(BackendFilter.of(one) as BackendFilter, BackendFilter.of(other) as BackendFilter);
  expect(same({ events: ['push', 'issues'] }, { events: ['issues', 'push', 'push'] })).toBe(true);
  expect(same({ repositories: ['Org/*'] }, { repositories: ['org/*'] })).toBe(true);
  expect(same({}, {})).toBe(true);
  expect(same({ events: ['push'] }, {})).toBe(false);
  expect(same({ events: ['push'] }, { events: ['push'], repositories: ['org/*'] })).toBe(false);
});

it('stands behind a URL as it is written there', () => {
  expect(String(filterOf({ events: ['push', 'issues'], repositories: ['org/*'] }))).toBe(
    'events=push,issues repositories=org/*',
  );
});
