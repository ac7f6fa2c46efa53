import { basename } from 'node:path';

import { typeFaults, validate } from '../manifests/support/strict-types.js';
import { charted } from './support/chart.js';
import { comparable } from './support/comparable.js';
import { CHART, HELMS, run } from './support/helms.js';
import { TWINS } from './support/installations.js';

describe.each(HELMS.map((helm) => [basename(helm), helm] as const))('%s', (_name, helm) => {
  it.each(TWINS)('makes of the chart what kustomize makes of $of', ({ values, kustomized }) => {
    expect(comparable(charted(values, { helm }))).toEqual(comparable(kustomized()));
  });

  it.each(TWINS)('has nothing against the chart as $of', ({ values }) => {
    expect(run(helm, ['lint', '--strict', CHART, '--values', '-'], values)).toContain('0 chart(s) failed');
  });
});

describe('every object', () => {
  const all = TWINS.flatMap(({ values }) => charted(values).all);

  it('has only fields that the published types know, with values of their types', async () => {
    expect(typeFaults(all)).toEqual([]);
    for (const manifest of all) await expect(validate(manifest)).resolves.toBeUndefined();
  });
});
