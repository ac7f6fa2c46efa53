import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { onCleanup } from '../../support/cleanup.js';
import { type Target } from './prometheus.js';

/**
 * Stands in for somebody who tells Prometheus something.
 * @param samples lines of the text format, by how often it has asked
 */
export async function startExporter(
  samples: (times: number) => readonly string[],
  target: Omit<Target, 'address'>,
): Promise<Target> {
  let times = 0;
  const server = createServer((_request, response) => {
    times += 1;
    const lines = samples(times).map((line) => `${line}\n`);
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(lines.join(''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    server.closeAllConnections();
  });
  return { ...target, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}
