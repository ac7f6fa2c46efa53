import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { onCleanup } from '../../support/cleanup.js';
import { type Target } from './prometheus.js';
import { NAMESPACE } from './replicas.js';

/** Stands in for kube-state-metrics, which tells that these pods run and are ready, as the real one does. */
export async function startKubeState(pods: readonly string[]): Promise<Target> {
  const conditions = pods.flatMap((pod) =>
    ['true', 'false', 'unknown'].map(
      (condition) =>
        `kube_pod_status_ready{namespace="${NAMESPACE}",pod="${pod}",uid="0",condition="${condition}"} ${Number(condition === 'true')}\n`,
    ),
  );
  const phases = pods.flatMap((pod) =>
    ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'].map(
      (phase) =>
        `kube_pod_status_phase{namespace="${NAMESPACE}",pod="${pod}",uid="0",phase="${phase}"} ${Number(phase === 'Running')}\n`,
    ),
  );
  const server = createServer((_request, response) => {
    response
      .writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' })
      .end([...conditions, ...phases].join(''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    labels: { job: 'kube-state-metrics' },
    honorLabels: true,
  };
}
