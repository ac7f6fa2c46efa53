import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

import { REPOSITORY } from '../manifests/support/kustomize.js';
import { charted, NEWEST, type Values } from './support/chart.js';
import { CHART, run } from './support/helms.js';

const text = readFileSync(join(CHART, 'README.md'), 'utf8').replace(/^ {3}/gm, '');
const fences = (language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code);

const examples = fences('yaml').map((code): [string, Values] => {
  const values = parse(code) as Values;
  return [String(values.platform), values];
});
const commands = fences('sh')
  .flatMap((code) => code.split('\n'))
  .filter((line) => line.startsWith('helm '));

it('has an example for each platform, and how to install it', () => {
  expect(examples.map(([platform]) => platform)).toEqual(['openshift', 'kubernetes']);
  expect(commands).toHaveLength(2);
});

describe.each(examples)('the example for %s', (_platform, values) => {
  const directory = mkdtempSync(join(tmpdir(), 'sprayproxy-values-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.each(commands)('is an installation with both backends: %s', (command) => {
    writeFileSync(join(directory, 'values.yaml'), JSON.stringify(values));
    const args = command
      .replace('charts/sprayproxy', join(REPOSITORY, 'charts', 'sprayproxy'))
      .replace('values.yaml', join(directory, 'values.yaml'))
      // What needs no cluster.
      .replace('upgrade --install', 'install --dry-run=client')
      .split(' ');
    const told = run(NEWEST, args.slice(1));

    expect(told).toContain('backends: "https://pac.cluster-a.example.com https://pac.cluster-b.example.com"');
    expect(told).toMatch(/namespace: "?sprayproxy\b/);
    expect(charted(values).container('sprayproxy').image).toMatch(/^quay\.example\.com\/team-a\/sprayproxy:/);
  });
});
