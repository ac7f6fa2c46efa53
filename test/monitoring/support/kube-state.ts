import { startExporter } from './exporter.js';
import { type Target } from './prometheus.js';
import { NAMESPACE } from './replicas.js';

/** The program, and one of its sidecars, which are init containers. */
const CONTAINERS = { container: 'sprayproxy', init_container: 'kube-rbac-proxy' };

/**
 * Stands in for kube-state-metrics, which tells that these pods run and are ready, and that their containers have ended once, as the
 * real one does.
 */
export function startKubeState(pods: readonly string[]): Promise<Target> {
  const samples = pods.flatMap((pod) => {
    const labels = `namespace="${NAMESPACE}",pod="${pod}",uid="0"`;
    const conditions = ['true', 'false', 'unknown'].map(
      (condition) =>
        `kube_pod_status_ready{${labels},condition="${condition}"} ${Number(condition === 'true')}`,
    );
    const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'].map(
      (phase) => `kube_pod_status_phase{${labels},phase="${phase}"} ${Number(phase === 'Running')}`,
    );
    const containers = Object.entries(CONTAINERS).flatMap(([kind, container]) => [
      `kube_pod_${kind}_status_restarts_total{${labels},container="${container}"} 1`,
      `kube_pod_${kind}_status_last_terminated_reason{${labels},container="${container}",reason="OOMKilled"} 1`,
    ]);
    return [...conditions, ...phases, ...containers];
  });
  return startExporter(() => samples, { labels: { job: 'kube-state-metrics' }, honorLabels: true });
}
