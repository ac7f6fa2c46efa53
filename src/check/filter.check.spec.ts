import { readFileSync } from 'node:fs';

import { BackendFilter } from '../model/backend-filter.js';
import { checkFilter } from './filter.check.js';
import { GITHUB_EVENTS } from './github-events.js';

const NOTHING = ': nothing gets through';

it.each([
  [{ events: ['push', 'pull_request'] }, 'ok', 'events=push,pull_request'],
  [{ events: ['push'], repositories: ['org/*'] }, 'ok', 'events=push repositories=org/*'],
  [{ repositories: ['*/a.b', 'my-org/.github', '*/*'] }, 'ok', 'repositories=*/a.b,my-org/.github,*/*'],
  [{ repositories: [`${'a'.repeat(39)}**/a`] }, 'ok', `repositories=${'a'.repeat(39)}**/a`],
  [{ events: ['pull_requests'] }, 'fault', `GitHub has no events such as pull_requests${NOTHING}`],
  [{ events: ['push', 'comment', 'pulls'] }, 'warning', 'GitHub has no events such as comment, pulls'],
  [{ repositories: ['org/a.git'] }, 'fault', `GitHub has no repositories such as org/a.git${NOTHING}`],
  [{ repositories: ['org.com/*'] }, 'fault', `GitHub has no repositories such as org.com/*${NOTHING}`],
  [{ repositories: ['-org/*'] }, 'fault', `GitHub has no repositories such as -org/*${NOTHING}`],
  [{ repositories: ['org/..'] }, 'fault', `GitHub has no repositories such as org/..${NOTHING}`],
  [
    { repositories: [`${'a'.repeat(40)}/*`, 'org/*'] },
    'warning',
    `GitHub has no repositories such as ${'a'.repeat(40)}/*`,
  ],
  [
    { events: ['pulls'], repositories: ['org/a', 'a.b/c'] },
    'fault',
    `GitHub has no events such as pulls${NOTHING}; GitHub has no repositories such as a.b/c`,
  ],
])('%j: %s, %s', (lists, status, detail) => {
  expect(checkFilter(BackendFilter.of(lists) as BackendFilter)).toMatchObject({ status, detail });
});

it.each(['api.github.com', 'ghes-3.19'])('knows every event that %s describes', (name) => {
  const text = readFileSync(require.resolve(`@octokit/openapi/generated/${name}.json`), 'utf8');
  const anchors = [...text.matchAll(/webhook-events-and-payloads#(\w+)"/g)].map(([, event = '']) => event);
  const events = new Set(anchors);
  expect(events.size).toBeGreaterThan(50);
  expect([...events].filter((event) => !GITHUB_EVENTS.has(event))).toEqual([]);
});
