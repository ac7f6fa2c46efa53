import { BACKENDS, foreign, IMAGE, type Installation } from '../../manifests/support/foreign.js';
import { type Manifests, type Overlay } from '../../manifests/support/kustomize.js';
import { charted, NAMESPACE, type Values } from './chart.js';

export interface Twin {
  of: string;
  values: Values;
  /** What kustomize makes of the overlay and its components, for the same image, backends and namespace. */
  kustomized: () => Manifests;
}

const [repository, tag] = IMAGE.split(':');

const PLATFORMS: Record<Overlay, Values> = {
  openshift: { platform: 'openshift' },
  kubernetes: { platform: 'kubernetes', ingress: { host: 'sprayproxy.example.com' } },
  qe: { platform: 'openshift', dynamicBackends: true },
};

/** The values that say what the overlay says. */
export const valuesOf = (overlay: Overlay, more: Values = {}): Values => ({
  image: { repository, tag },
  backends: [BACKENDS],
  ...PLATFORMS[overlay],
  ...more,
});

const twin = (overlay: Overlay, more: Values = {}, ...components: readonly string[]): Twin => ({
  of: [overlay, ...components].join(' with '),
  values: valuesOf(overlay, more),
  kustomized: () => foreign({ overlay, components, namespace: NAMESPACE, prefix: '' }),
});

const none = { spool: { type: 'none' } };
const postgres = { spool: { type: 'postgres' } };
const recovery = { recovery: { enabled: true } };
const monitoring = { monitoring: { serviceMonitor: true, rules: true, dashboards: true } };
const closed = { networkPolicy: { closed: true } };
/** As in the component closed-egress. */
const backendsTo = ['192.0.2.0/24', '198.51.100.0/24'].map((cidr) => ({ ipBlock: { cidr } }));

/** Values, and what they are to be equal to. */
export const TWINS: readonly Twin[] = [
  twin('openshift'),
  twin('kubernetes'),
  twin('qe'),
  twin('openshift', none, 'spool-off'),
  twin('kubernetes', none, 'spool-off'),
  twin('openshift', postgres, 'spool-postgres'),
  twin('kubernetes', { ...postgres, ...monitoring }, 'spool-postgres', 'monitoring'),
  twin('qe', postgres, 'spool-postgres'),
  twin('kubernetes', recovery, 'recovery'),
  twin('qe', { ...postgres, ...recovery }, 'spool-postgres', 'recovery'),
  twin('openshift', monitoring, 'monitoring'),
  twin('kubernetes', { monitoring: { dashboards: true } }, 'monitoring/dashboards'),
  twin('openshift', closed, 'network-policy/openshift'),
  twin(
    'kubernetes',
    { networkPolicy: { closed: true, backendsTo } },
    'network-policy/kubernetes',
    'network-policy/closed-egress',
  ),
];

/** What the checks of references and wiring among the manifests are about, where they are about the chart. */
export const everyInstallation = (): Installation[] =>
  TWINS.map(({ of, values }) => ({
    of: `the chart as ${of}`,
    manifests: charted(values, { namespace: 'team-b' }),
    prefix: '',
  }));
