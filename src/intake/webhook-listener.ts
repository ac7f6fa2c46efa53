import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type Server } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type Counter } from 'prom-client';

import { readKeyPair } from '../config/key-pair.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { listenOn } from '../http/listen-on.js';
import { WebhookHttpAdapter } from '../http/webhook-http-adapter.js';
import { type WebhookServer } from '../http/webhook-server.js';
import { Logger } from '../logging/logger.js';
import { keepCertificate } from '../metrics/certificate-files.js';
import { RELOAD_FAILURES } from '../metrics/names.js';

/**
 * The listener that serves webhooks and nothing else, if there is to be one: so that whoever the internet sends gets at the
 * program's own limits, and no proxy that has none stands in between.
 */
@Injectable()
export class WebhookListener implements OnModuleInit, OnApplicationShutdown {
  #listener: WebhookServer | undefined;
  #forgetCertificate: (() => void) | undefined;

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly adapterHost: HttpAdapterHost,
    private readonly logger: Logger,
    @InjectMetric(RELOAD_FAILURES) private readonly failures: Counter,
  ) {}

  /** Where it listens; before it does, where it is to; `undefined`: there is none. */
  get port(): number | undefined {
    const address = this.#listener?.server.address() as AddressInfo | null | undefined;
    return address?.port ?? this.config.webhookListener?.port;
  }

  onModuleInit(): void {
    const { webhookListener } = this.config;
    const { httpAdapter } = this.adapterHost;
    if (webhookListener === undefined || !(httpAdapter instanceof WebhookHttpAdapter)) return;
    const { tls } = webhookListener;
    this.#listener = httpAdapter.addWebhookServer(tls && readKeyPair(tls));
    if (tls === undefined) return;
    this.#forgetCertificate = keepCertificate(
      this.#listener.server as Server,
      tls,
      ['SPRAYPROXY_WEBHOOK_CERT', 'SPRAYPROXY_WEBHOOK_KEY'],
      { logger: this.logger, failures: this.failures },
    );
  }

  /** @throws UnusableError */
  async listen(): Promise<void> {
    const { webhookListener } = this.config;
    if (this.#listener === undefined || webhookListener === undefined) return;
    const { host, port } = webhookListener;
    const variables = { host: 'SPRAYPROXY_WEBHOOK_HOST', port: 'SPRAYPROXY_WEBHOOK_PORT' };
    await listenOn(this.#listener.server, { host, port, variables });
  }

  onApplicationShutdown(): void {
    this.#forgetCertificate?.();
  }
}
