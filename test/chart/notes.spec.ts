import { commandsIn, expectedBy } from '../manifests/support/commands.js';
import { charted, NAMESPACE, NEWEST, type Values } from './support/chart.js';
import { CHART, run } from './support/helms.js';
import { TWINS, valuesOf } from './support/installations.js';

const INSTALL = ['install', 'sprayproxy', CHART, '--namespace', NAMESPACE, '--dry-run=client'];

/** What Helm says when it has installed the chart. Helm 4 needs no cluster to say it. */
const notes = (values: Values): string =>
  run(NEWEST, [...INSTALL, '--values', '-'], values).replace(/^[^]*\nNOTES:\n/, '');

it.each(TWINS)('name what is there, as $of', ({ values }) => {
  const commands = commandsIn(`\`\`\`sh\n${notes(values).replace(/^ +/gm, '')}\`\`\``);
  const there = charted(values).all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const expected = commands
    .flatMap(expectedBy)
    .filter(({ kind }) => !['container', 'command'].includes(kind))
    .map(({ kind, name }) => `${kind} ${name}`);

  expect(commands.length).toBeGreaterThan(2);
  expect(commands.filter((command) => !command.startsWith(`kubectl -n ${NAMESPACE} `))).toEqual([]);
  expect(expected.length).toBeGreaterThan(1);
  expect(expected.filter((each) => !there.includes(each))).toEqual([]);
});

it('say where webhooks come in, and go to', () => {
  expect(notes(valuesOf('kubernetes'))).toMatch(
    /go to https:\/\/pac\.theirs\.example\.com\.[^]*https:\/\/sprayproxy\.example\.com\/proxy/,
  );
  expect(notes(valuesOf('openshift', { backends: [] }))).toMatch(/nobody yet[^]*get route sprayproxy/);
  expect(notes(valuesOf('openshift', { route: { enabled: false } }))).not.toContain('route');
});

it('say how to make the Secret, or that it is not kept well', () => {
  const secret = { name: 'mine', key: 'hook' };
  expect(notes(valuesOf('openshift', { webhookSecret: secret }))).toContain(
    `kubectl -n ${NAMESPACE} create secret generic mine --from-file=hook=<file>`,
  );
  const told = notes(valuesOf('openshift', { webhookSecret: { value: 'sixteen letters!' } }));
  expect(told).toContain('stands in the release of Helm');
  expect(told).not.toMatch(/create secret|sixteen letters/);
});
