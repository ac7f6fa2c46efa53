import { startExporter } from './exporter.js';
import { type Target } from './prometheus.js';
import { NAMESPACE } from './replicas.js';

/** Stands in for what is between the program and GitHub, and tells of it: the router of OpenShift, and who asks the public URL. */
export function startInFront(): Promise<Target[]> {
  const labels = `backend="https",namespace="${NAMESPACE}",route="sprayproxy"`;
  const responses = (times: number) =>
    ['2xx', '4xx', '5xx'].map(
      (code) => `haproxy_backend_http_responses_total{${labels},code="${code}"} ${7 * times}`,
    );
  return Promise.all([
    // Does not honor labels: what the router says of its namespace becomes exported_namespace.
    startExporter(responses, {
      labels: { job: 'router-internal-default', namespace: 'openshift-ingress', pod: 'router-default-0' },
    }),
    startExporter(() => ['probe_success 1'], { labels: { job: 'sprayproxy-probe', namespace: NAMESPACE } }),
  ]);
}
