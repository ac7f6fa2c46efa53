import { join } from 'node:path';

import { type RunningSprayproxy, startSprayproxy } from '../../support/start-sprayproxy.js';
import { MAX_INFLIGHT_BYTES, MAX_REQUEST_BYTES } from './faulty-traffic.js';
import { type Target } from './prometheus.js';

/** Of the Service that the ServiceMonitor finds, as the operator names the job after it. */
export const JOB = 'sprayproxy-metrics';
export const NAMESPACE = 'sprayproxy';

export interface Replica extends RunningSprayproxy {
  readonly pod: string;
}

/**
 * Programs that are impatient, so that what takes hours takes seconds: two with a spool of their own, as of a StatefulSet.
 * @param database the URL of one: then there is a third that has its spool there, as of a Deployment
 */
export function startReplicas(
  directory: string,
  backends: readonly string[],
  database?: string,
): Promise<Replica[]> {
  const spools = ['sprayproxy-0', 'sprayproxy-1'].map((pod) => ({
    pod,
    spool: `file:${join(directory, pod)}`,
  }));
  if (database !== undefined) spools.push({ pod: 'sprayproxy-6d5f8b7c9-x2x7q', spool: database });
  return Promise.all(
    spools.map(async ({ pod, spool }) => ({
      pod,
      ...(await startSprayproxy({
        backends,
        env: {
          // Stands in for the limit of a container.
          NODE_OPTIONS: `--require ${join(__dirname, '../../fixtures/limited-memory.js')}`,
          SPRAYPROXY_SPOOL_URL: spool,
          SPRAYPROXY_SPOOL_MAX_BYTES: String(64 * 1024 * 1024),
          SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
          // So that a backend can be taken out of the list.
          SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'true',
          SPRAYPROXY_MAX_REQUEST_SIZE: String(MAX_REQUEST_BYTES),
          SPRAYPROXY_MAX_INFLIGHT_BYTES: String(MAX_INFLIGHT_BYTES),
          SPRAYPROXY_ACK_TIMEOUT: '2s',
          SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: '3s',
          SPRAYPROXY_RETRY_MIN_DELAY: '50ms',
          SPRAYPROXY_RETRY_MAX_DELAY: '1s',
        },
      })),
    })),
  );
}

/** As the Prometheus of the ServiceMonitor would see them. */
export const targetsOf = (replicas: readonly Replica[]): Target[] =>
  replicas.map(({ pod, metricsUrl }) => ({
    address: new URL(metricsUrl).host,
    labels: {
      job: JOB,
      namespace: NAMESPACE,
      pod,
      service: JOB,
      endpoint: 'metrics',
      container: 'kube-rbac-metrics',
    },
  }));
