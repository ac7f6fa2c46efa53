import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { collectDefaultMetrics, type Counter, type Gauge, register } from 'prom-client';

import { readKeyPair } from '../config/key-pair.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { listenOn } from '../http/listen-on.js';
import { TEXT_PLAIN } from '../http/text-plain.js';
import { tlsOptions } from '../http/tls-options.js';
import { Logger } from '../logging/logger.js';
import { VERSION } from '../version.js';
import { keepCertificate } from './certificate-files.js';
import { memoryLimitBytes } from './memory-limit.js';
import { memoryUsedBytes } from './memory-use.js';
import { BUILD_INFO, MEMORY_LIMIT_BYTES, MEMORY_USED_BYTES, RELOAD_FAILURES } from './names.js';

/** Gauges of prom-client whose names say that they count; `nodejs_active_handles` and the like say the same by type. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

const VARIABLES = ['SPRAYPROXY_SERVER_METRICS_CERT', 'SPRAYPROXY_SERVER_METRICS_KEY'] as const;

const HANDSHAKE_TIMEOUT_MS = 5000;

/** Node sends no body after HEAD. */
const READS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD']);

/**
 * Serves `/metrics` on a port of its own, so that the one the internet reaches has none.
 * It starts before the webhook listener and ends after it, so that the last webhooks are still counted.
 */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #server: Server;
  #forgetCertificate: (() => void) | undefined;
  readonly #beforeScrape: (() => Promise<void>)[] = [];

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
    @InjectMetric(RELOAD_FAILURES) private readonly reloadFailures: Counter,
    @InjectMetric(BUILD_INFO) buildInfo: Gauge,
    @InjectMetric(MEMORY_LIMIT_BYTES) memoryLimit: Gauge,
    @InjectMetric(MEMORY_USED_BYTES) private readonly memoryUsed: Gauge,
  ) {
    collectDefaultMetrics();
    for (const name of MISNAMED) register.removeSingleMetric(name);
    memoryLimit.set(memoryLimitBytes());
    buildInfo.set({ version: VERSION, node: process.version }, 1);
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch(() => response.destroy());
    };
    this.#server = this.#create(answer);
  }

  /** Where it listens; before it does, where it is to. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.config.metricsPort;
  }

  /** Gives whoever looks a value up only when it is asked for the time to do so. */
  beforeScrape(update: () => Promise<void>): void {
    this.#beforeScrape.push(update);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { serverHost: host, metricsPort: port } = this.config;
    await listenOn(this.#server, {
      host,
      port,
      variables: { host: 'SPRAYPROXY_SERVER_HOST', port: 'SPRAYPROXY_SERVER_METRICS_PORT' },
    });
  }

  onApplicationShutdown(): void {
    this.#forgetCertificate?.();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #create(answer: RequestListener): Server {
    const files = this.config.metricsTls;
    if (files === undefined) return createServer(answer);
    const server = createTlsServer(
      { ...tlsOptions(readKeyPair(files)), handshakeTimeout: HANDSHAKE_TIMEOUT_MS },
      answer,
    );
    this.#forgetCertificate = keepCertificate(server, files, VARIABLES, {
      logger: this.logger,
      failures: this.reloadFailures,
    });
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!READS.has(request.method) || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': TEXT_PLAIN }).end('404 page not found');
      return;
    }
    this.memoryUsed.set(memoryUsedBytes());
    await Promise.all(this.#beforeScrape.map((update) => update()));
    const text = await register.metrics();
    response.writeHead(200, { 'content-type': register.contentType }).end(text);
  }
}
