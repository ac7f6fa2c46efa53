import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import type { IIssuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
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

/** Every kind the manifests may use, and its published type. */
export interface Kinds {
  Certificate: ICertificate;
  ClusterRole: IClusterRole;
  ClusterRoleBinding: IClusterRoleBinding;
  ConfigMap: IConfigMap;
  Deployment: IDeployment;
  Ingress: IIngress;
  Issuer: IIssuer;
  NetworkPolicy: INetworkPolicy;
  PodDisruptionBudget: IPodDisruptionBudget;
  Route: IRoute;
  Service: IService;
  ServiceAccount: IServiceAccount;
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

  /** The pod that all of this is about. */
  pod() {
    const { template } = present(this.one('Deployment', 'sprayproxy').spec, 'Deployment spec');
    return present(template.spec, 'pod spec');
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
    const { template } = present(this.one('Deployment', 'sprayproxy').spec, 'Deployment spec');
    return present(template.metadata?.labels, 'pod labels');
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
export const overlay = (name: (typeof OVERLAYS)[number]): Manifests =>
  kustomize(join(MANIFESTS, 'overlays', name));
