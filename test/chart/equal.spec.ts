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

  it('is found by the label that they have in common', () => {
    for (const { metadata } of all) {
      expect(metadata).toHaveProperty(['labels', 'app.kubernetes.io/part-of'], 'sprayproxy');
    }
  });
});

it('takes names that look like numbers for names', () => {
  const numbers = {
    image: { repository: '1', pullSecrets: ['1'] },
    webhookSecret: { name: '1', key: '1', value: 'sixteen letters!' },
    certificates: { secret: '1', metricsSecret: '1' },
    ingress: { host: '1', className: '1', tlsSecret: '1', clusterIssuer: '1' },
    spool: { file: { storageClass: '1' }, postgres: { existingSecret: '1', key: '1' } },
    recovery: { enabled: true, existingSecret: '1' },
    route: { host: '1' },
    monitoring: { serviceMonitor: true, labels: { release: '1' } },
    dynamicBackends: true,
    sidecarImage: '1',
  };
  const { spool } = numbers;
  const all = ['file', 'postgres'].flatMap((type) =>
    ['kubernetes', 'openshift'].flatMap(
      (platform) => charted({ ...numbers, platform, spool: { ...spool, type } }, { namespace: '1' }).all,
    ),
  );
  expect(typeFaults(all)).toEqual([]);
});
