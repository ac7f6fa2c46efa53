import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import {
  CLAIMS_LOST,
  DELIVERIES_NOT_REMEMBERED,
  REMEMBERING_LAG_SECONDS,
  SPOOL_CONNECTED,
  SPOOL_VERB_SECONDS,
} from '../../../src/metrics/names.js';
import { onCleanup } from '../../support/cleanup.js';
import { type Target } from './prometheus.js';
import { JOB, NAMESPACE } from './replicas.js';

/** Stands in for a replica whose spool is in a database: what it tells of that, beside what every replica tells. */
export async function startDatabaseReplica(): Promise<Target> {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({ name: SPOOL_CONNECTED, help: '-', registers }).set(1);
  new Gauge({ name: REMEMBERING_LAG_SECONDS, help: '-', registers }).set(0.5);
  for (const name of [CLAIMS_LOST, DELIVERIES_NOT_REMEMBERED]) new Counter({ name, help: '-', registers });
  const verbs = new Histogram({ name: SPOOL_VERB_SECONDS, help: '-', labelNames: ['verb'], registers });
  const server = createServer((_request, response) => {
    for (const verb of ['store', 'claim', 'settle']) verbs.observe({ verb }, 0.005);
    void registry
      .metrics()
      .then((text) => response.setHeader('Content-Type', registry.contentType).end(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    labels: { job: JOB, namespace: NAMESPACE, pod: 'sprayproxy-6d5f8b7c9-x2x7q' },
  };
}
