import { type INestApplication } from '@nestjs/common';
import { register } from 'prom-client';

import { createApp } from '../../src/app.js';
import { type Clock } from '../../src/clock/clock.js';
import { SprayproxyConfig } from '../../src/config/sprayproxy-config.js';
import { shutDown } from '../../src/lifecycle/shutdown.js';
import { listen } from '../../src/serve.js';
import { captureLog } from './captured-log.js';
import { onLateCleanup } from './cleanup.js';
import { ProgramLog } from './program-log.js';
import { SECRET } from './start-sprayproxy.js';

export interface BootedSprayproxy {
  readonly program: ProgramLog;
  /** `http://127.0.0.1:<port>` of the webhook listener. */
  readonly url: string;
  readonly port: number;
  /** Scheme and authority of the metrics listener. */
  readonly metricsUrl: string;
  /** Does what SIGTERM does, but for the end of the process. */
  readonly stop: () => Promise<void>;
}

let up: INestApplication | undefined;

/**
 * Boots the whole application in the test's own process, on free ports of the loopback interface, and waits until it
 * listens. It ends after the backends of its test: no attempt keeps it.
 * @throws Error if there is one already: a process has one registry of metrics.
 */
export async function bootSprayproxy(
  options: {
    backends?: readonly string[];
    env?: Readonly<Record<string, string>>;
    clock?: Clock | undefined;
  } = {},
): Promise<BootedSprayproxy> {
  if (up !== undefined) throw new Error('stop the other one first');
  const { backends = [], env = {}, clock } = options;
  const config = SprayproxyConfig.of({
    GH_APP_WEBHOOK_SECRET: SECRET,
    SPRAYPROXY_SERVER_HOST: '127.0.0.1',
    SPRAYPROXY_SERVER_PORT: '0',
    SPRAYPROXY_SERVER_METRICS_PORT: '0',
    SPRAYPROXY_SERVER_BACKEND: backends.join('\n'),
    ...env,
  });
  const program = new ProgramLog();
  const { logger, written } = captureLog(config.logLevel);
  written.on('line', (line) => {
    program.add(line);
  });
  const app = await createApp(config, { logger, ...(clock && { clock }) });
  up = app;
  const stop = async () => {
    if (up !== app) return;
    try {
      await shutDown(app);
    } finally {
      register.clear();
      up = undefined;
    }
  };
  onLateCleanup(stop);
  await listen(app);

  const { port, metricsPort } = await program.logged('listening');
  const metricsScheme = config.metricsTls === undefined ? 'http' : 'https';
  return {
    program,
    url: `http://127.0.0.1:${Number(port)}`,
    port: Number(port),
    metricsUrl: `${metricsScheme}://127.0.0.1:${Number(metricsPort)}`,
    stop,
  };
}
