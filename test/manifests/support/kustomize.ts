import { join } from 'node:path';
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import type { ICluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster';
import type { IGrafanaDashboard } from '@kubernetes-models/grafana-operator/grafana.integreatly.org/v1beta1/GrafanaDashboard';
import type { IProbe } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Probe';
import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { ISecret } from 'kubernetes-models/v1/Secret';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';

import { present } from './present.js';
import { type Files, filesBelow, rendered, REPOSITORY } from './rendered.js';
import type { IRoute } from './route.js';

export { REPOSITORY };
export const MANIFESTS = join(REPOSITORY, 'k8s');
export const OVERLAYS = ['openshift', 'kubernetes', 'qe'] as const;
/** What may be added to an overlay: one of these, with one of those; or the dashboards alone. */
const SPOOLS = [
  [],
  ['spool-emptydir'],
  ['spool-off'],
  ['recovery'],
  ['spool-postgres'],
  ['spool-postgres', 'spool-postgres/copy', 'spool-postgres/managed'],
  [
    'spool-postgres',
    'spool-postgres/copy',
    'spool-postgres/cloudnative-pg',
    'spool-postgres/autoscaling',
    'recovery',
    'network-policy/closed-egress',
  ],
];
const WATCHED = [[], ['monitoring'], ['monitoring', 'monitoring/grafana-operator', 'monitoring/probe']];
/** The dashboards alone, which do not know of the spool. */
const DRAWN = [['monitoring/dashboards'], ['monitoring/dashboards', 'monitoring/grafana-operator']];
const GUARDED = [['network-policy/openshift'], ['network-policy/kubernetes', 'network-policy/closed-egress']];
const COMBINATIONS: readonly (readonly string[])[] = [
  ...SPOOLS.flatMap((spool) => WATCHED.map((watched) => [...spool, ...watched])),
  ...DRAWN,
  ...GUARDED,
];
/** Fewer, but each component in one of them. */
export const ASSORTED: readonly (readonly string[])[] = [
  ...SPOOLS.map((spool, index) => [...spool, ...(WATCHED.at(-1 - (index % 2)) ?? [])]),
  ...GUARDED.map((guarded) => ['spool-postgres', ...guarded, 'spool-postgres/cloudnative-pg']),
];

export type Overlay = (typeof OVERLAYS)[number];

/** Every kind the manifests may use, and its published type. */
export interface Kinds {
  Certificate: ICertificate;
  Cluster: ICluster;
  ClusterRole: IClusterRole;
  ClusterRoleBinding: IClusterRoleBinding;
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  GrafanaDashboard: IGrafanaDashboard;
  HorizontalPodAutoscaler: IHorizontalPodAutoscaler;
  Ingress: IIngress;
  Issuer: IIssuer;
  Job: IJob;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  Probe: IProbe;
  PrometheusRule: IPrometheusRule;
  Route: IRoute;
  Secret: ISecret;
  Service: IService;
  ServiceAccount: IServiceAccount;
  ServiceMonitor: IServiceMonitor;
  StatefulSet: IStatefulSet;
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
}

/** The objects that kustomize makes of a directory. */
export class Manifests {
  constructor(readonly all: readonly Manifest[]) {}

  every<K extends keyof Kinds>(kind: K): (Kinds[K] & Manifest)[] {
    return this.all.filter((manifest) => manifest.kind === kind) as (Kinds[K] & Manifest)[];
  }

  one<K extends keyof Kinds>(kind: K, name: string): Kinds[K] & Manifest {
    const found = this.every(kind).find((manifest) => manifest.metadata.name === name);
    return present(found, `${kind} ${name}`);
  }

  /** What makes the pods, where each has a disk of its own. */
  statefulSet() {
    return present(this.every('StatefulSet')[0]?.spec, 'StatefulSet spec');
  }

  /** What makes the pods, where none has. */
  deployment() {
    return present(this.every('Deployment')[0]?.spec, 'Deployment spec');
  }

  /** What makes the pods, whichever it is. */
  workload() {
    return this.every('Deployment').length === 0 ? this.statefulSet() : this.deployment();
  }

  /** The pod that all of this is about. */
  pod() {
    return present(this.workload().template.spec, 'pod spec');
  }

  /** Names of the volumes that the pod has: its own, and those claimed for each replica. */
  volumeNames(): string[] {
    const claims = this.every('StatefulSet').flatMap(({ spec }) => spec?.volumeClaimTemplates ?? []);
    return [
      ...(this.pod().volumes ?? []).map(({ name }) => name),
      ...claims.map(({ metadata }) => present(metadata?.name, 'name of a claim')),
    ];
  }

  /** Every container of the pod: the program and its sidecars. */
  containers() {
    return [...(this.pod().initContainers ?? []), ...this.pod().containers];
  }

  container(name: string) {
    return present(
      this.containers().find((container) => container.name === name),
      `container ${name}`,
    );
  }

  podLabels(): Record<string, string> {
    return present(this.workload().template.metadata?.labels, 'pod labels');
  }

  /** Where Prometheus is told to scrape; nowhere without the component monitoring. */
  endpoints() {
    return this.every('ServiceMonitor').flatMap(({ spec }) => spec.endpoints);
  }
}

export const made = (files: Files, directory: string): Manifests =>
  new Manifests(rendered(files, directory) as Manifest[]);

export const CHECKED_IN = filesBelow(MANIFESTS);

export const base = (): Manifests => made(CHECKED_IN, 'base');
export const overlay = (name: Overlay): Manifests => made(CHECKED_IN, `overlays/${name}`);

/**
 * What an overlay makes after somebody has edited files.
 * @param edit gets the path of each below k8s/, and its text
 */
export function editedFiles(name: Overlay, edit: (file: string, text: string) => string): Manifests {
  const files = [...CHECKED_IN].map(([file, text]): [string, string] => [
    file,
    file.endsWith('.yaml') ? edit(file, text) : text,
  ]);
  return made(new Map(files), `overlays/${name}`);
}

/** What an overlay makes after somebody has edited its kustomization.yaml. */
export const edited = (name: Overlay, edit: (text: string) => string): Manifests =>
  editedFiles(name, (file, text) => (file === `overlays/${name}/kustomization.yaml` ? edit(text) : text));

/** A kustomization.yaml with components added, as the README says. */
export function addComponents(text: string, components: readonly string[]): string {
  const lines = components.map((component) => `  - ../../components/${component}\n`);
  return lines.length === 0 ? text : `${text}\ncomponents:\n${lines.join('')}`;
}

/** What an overlay makes with components added. */
export const withComponents = (name: Overlay, ...components: readonly string[]): Manifests =>
  edited(name, (text) => addComponents(text, components));

/** Every overlay with everything that may be added to it. */
export const everyCombination = (): { of: string; manifests: Manifests }[] =>
  OVERLAYS.flatMap((name) =>
    COMBINATIONS.map((components) => ({
      of: [name, ...components].join(' with '),
      manifests: withComponents(name, ...components),
    })),
  );
