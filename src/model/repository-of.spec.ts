import definitions from '@octokit/webhooks-examples';

import { repositoryOf } from './repository-of.js';

interface Example {
  readonly repository?: { readonly full_name?: string };
}

const inForm = (json: string): string => `payload=${encodeURIComponent(json)}`;

it.each([
  ['as JSON', (json: string) => json],
  ['in a form', inForm],
  ['in a form with + for a space', (json: string) => String(new URLSearchParams({ payload: json }))],
])("finds the repository of GitHub's published examples, %s", (_, write) => {
  const examples = definitions.flatMap(({ examples: payloads }) => payloads as Example[]);
  const expected = examples.map(({ repository }) => repository?.full_name);
  expect(expected.filter((name) => name !== undefined).length).toBeGreaterThan(200);
  const wrong = examples
    .map((example) => [
      example.repository?.full_name,
      repositoryOf(Buffer.from(write(JSON.stringify(example)))),
    ])
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
  [
    inForm(
      JSON.stringify({
        repository: { full_name: 'owner/name' },
        title: '"repository":{"full_name":"evil/name"}',
        body: '%22repository%22%3A%7B%22full_name%22%3A%22evil%2Fname%22',
      }),
    ),
    'owner/name',
  ],
  [inForm('{"repository":{"full_name":"no slash"}}'), undefined],
  [inForm('{"repository":{"full_name":"owner/name'), undefined],
])('finds in %s %j', (payload, name) => {
  expect(repositoryOf(Buffer.from(payload))).toBe(name);
});
