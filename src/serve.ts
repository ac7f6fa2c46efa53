import { type INestApplication } from '@nestjs/common';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { createApp } from './app.js';
import { SprayproxyConfig } from './config/sprayproxy-config.js';
import { listenOn } from './http/listen-on.js';
import { shutDownOnSignal } from './lifecycle/signals.js';
import { trimHeap } from './lifecycle/trim-heap.js';
import { Logger } from './logging/logger.js';
import { MetricsServer } from './metrics/server.js';
import { VERSION } from './version.js';

/** Runs the service. @throws SpoolUnusableError, or whatever else keeps it from listening. */
export async function serve(config: SprayproxyConfig): Promise<void> {
  const app = await createApp(config);
  shutDownOnSignal(app);
  trimHeap();
  await listen(app);
}

/** Resolves when the application takes webhooks, and has said so. */
export async function listen(app: INestApplication): Promise<void> {
  const { serverHost, serverPort } = app.get(SprayproxyConfig);
  await app.init();
  const server = app.getHttpServer() as Server;
  // Nest would write a line of its own about a failure.
  await listenOn(server, { host: serverHost, port: serverPort, variable: 'SPRAYPROXY_SERVER_PORT' });

  const { address, port } = server.address() as AddressInfo;
  app
    .get(Logger)
    .info({ version: VERSION, address, port, metricsPort: app.get(MetricsServer).port }, 'listening');
}
