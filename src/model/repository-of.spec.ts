import definitions from '@octokit/webhooks-examples';

import { repositoryOf } from './repository-of.js';

interface Example {
  readonly repository?: { readonly full_name?: string };
}

it("finds the repository of GitHub's published examples", () => {
  const examples = definitions.flatMap(({ examples: payloads }) => payloads as Example[]);
  const expected = examples.map(({ repository }) => repository?.full_name);
  expect(expected.filter((name) => name !== undefined).length).toBeGreaterThan(200);
  const wrong = examples
    .map((example) => [example.repository?.full_name, repositoryOf(Buffer.from(JSON.stringify(example)))])
    .filter(([name, found]) => name !== undefined && name !== found);
  // An example put together by hand: its run belongs to another repository than the webhook.
  expect(wrong).toEqual([['Codertocat/Hello-World', 'octo-org/octo-repo']]);
});

it.each([
  ['', undefined],
  ['payload=%7B%7D', undefined],
  ['{"repository":{"id":1,"full_name":"owner/name"}}', 'owner/name'],
  ['{"repository":{"id":1}}', undefined],
  ['{"repository":{"full_name":"no slash"}}', undefined],
  ['{"repository":{"full_name":"owner/name', undefined],
  ['{"head":{"repository":{"full_name":"fork/name"}},"repository":{"full_name":"owner/name"}}', 'owner/name'],
  [
    JSON.stringify({
      repository: { full_name: 'owner/name' },
      title: '"repository":{"full_name":"evil/name"}',
    }),
    'owner/name',
  ],
])('finds in %s %j', (payload, name) => {
  expect(repositoryOf(Buffer.from(payload))).toBe(name);
});
