import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import type { IGrafanaDashboard } from '@kubernetes-models/grafana-operator/grafana.integreatly.org/v1beta1/GrafanaDashboard';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IIngress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IClusterRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole';
import type { IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { parseAllDocuments } from 'yaml';

import { present } from './present.js';
import type { IRoute } from './route.js';

export const REPOSITORY = join(__dirname, '..', '..', '..');
export const MANIFESTS = join(REPOSITORY, 'k8s');
export const OVERLAYS = ['openshift', 'kubernetes', 'qe'] as const;
export const COMPONENTS = ['spool-emptydir', 'spool-off'] as const;

type Overlay = (typeof OVERLAYS)[number];

/** Every kind the manifests may use, and its published type. */
export interface Kinds {
  Certificate: ICertificate;
  ClusterRole: IClusterRole;
  ClusterRoleBinding: IClusterRoleBinding;
  ConfigMap: IConfigMap;
  GrafanaDashboard: IGrafanaDashboard;
  Ingress: IIngress;
  Issuer: IIssuer;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  Route: IRoute;
  Service: IService;
  ServiceAccount: IServiceAccount;
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

  /** What makes the pods. */
  statefulSet() {
    return present(this.one('StatefulSet', 'sprayproxy').spec, 'StatefulSet spec');
  }

  /** The pod that all of this is about. */
  pod() {
    return present(this.statefulSet().template.spec, 'pod spec');
  }

  /** Names of the volumes that the pod has: its own, and those claimed for each replica. */
  volumeNames(): string[] {
    const claims = this.statefulSet().volumeClaimTemplates ?? [];
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
    return present(this.statefulSet().template.metadata?.labels, 'pod labels');
  }
}

/**
 * Runs `kubectl kustomize`, as `kubectl apply -k` does.
 * @throws if kubectl is not installed, or has anything to say beside the objects: an error, a deprecated field.
 */
export function kustomize(directory: string): Manifests {
  const { error, status, stdout, stderr } = spawnSync('kubectl', ['kustomize', directory], {
    encoding: 'utf8',
  });
  if (error) {
    throw new Error('install kubectl 1.29 or newer: these tests run "kubectl kustomize"', { cause: error });
  }
  if (status !== 0 || stderr !== '') throw new Error(`kubectl kustomize ${directory}: ${stderr}`);
  return new Manifests(parseAllDocuments(stdout).map((document) => document.toJS() as Manifest));
}

export const base = (): Manifests => kustomize(join(MANIFESTS, 'base'));
export const overlay = (name: Overlay): Manifests => kustomize(join(MANIFESTS, 'overlays', name));

/** What an overlay makes after somebody has edited its kustomization.yaml. */
export function edited(name: Overlay, edit: (text: string) => string): Manifests {
  const copy = mkdtempSync(join(tmpdir(), 'sprayproxy-k8s-'));
  try {
    cpSync(MANIFESTS, copy, { recursive: true });
    const file = join(copy, 'overlays', name, 'kustomization.yaml');
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
    return kustomize(join(copy, 'overlays', name));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What an overlay makes with components added, as the README says. */
export const withComponents = (name: Overlay, ...components: string[]): Manifests =>
  edited(name, (text) => {
    const lines = components.map((component) => `  - ../../components/${component}\n`);
    return `${text}\ncomponents:\n${lines.join('')}`;
  });
