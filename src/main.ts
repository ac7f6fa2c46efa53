#!/usr/bin/env -S node --max-semi-space-size=16
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type AddressInfo } from 'node:net';

import { AppModule } from './app.module.js';
import { ConfigurationError } from './config/configuration-error.js';
import { SprayproxyConfig } from './config/sprayproxy-config.js';
import { deliveriesCommand } from './deliveries/command/command.js';
import { OpenApi } from './deliveries/openapi/open-api.js';
import { helpText } from './help.js';
import { WebhookHttpAdapter } from './http/webhook-http-adapter.js';
import { shutDownOnSignal } from './lifecycle/shutdown.js';
import { trimHeap } from './lifecycle/trim-heap.js';
import { createLogger, Logger } from './logging/logger.js';
import { NestLogger } from './logging/nest-logger.js';
import { MetricsServer } from './metrics/metrics-server.js';
import { SpoolUnusableError } from './spool/spool-unusable-error.js';
import { VERSION } from './version.js';

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const command = args.findIndex((argument) => !argument.startsWith('-'));
  if (args[command] === 'deliveries') {
    process.exitCode = await deliveriesCommand(args.toSpliced(command, 1));
    return;
  }
  if (args.includes('--help')) {
    process.stdout.write(helpText());
    return;
  }
  if (args.includes('--version')) {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  await serve();
}

async function serve(): Promise<void> {
  const module = await AppModule.forEnvironment();
  const adapter = new WebhookHttpAdapter();
  const app = await NestFactory.create(module, adapter, {
    abortOnError: false,
    bodyParser: false,
    logger: false,
  });
  const config = app.get(SprayproxyConfig);
  if (config.deliveriesEnabled) app.get(OpenApi).describes(app);
  adapter.limitRequestTime(config.readTimeoutMs);
  shutDownOnSignal(app);
  trimHeap();
  await (config.serverHost === undefined
    ? app.listen(config.serverPort)
    : app.listen(config.serverPort, config.serverHost));
  app.useLogger(app.get(NestLogger));

  const { address, port } = adapter.getHttpServer().address() as AddressInfo;
  app
    .get(Logger)
    .info({ version: VERSION, address, port, metricsPort: app.get(MetricsServer).port }, 'listening');
}

main().catch((error: unknown) => {
  const logger = createLogger('info');
  if (error instanceof ConfigurationError) {
    logger.fatal({ faults: error.faults }, `cannot start: ${error.faults.join('; ')}`);
  } else if (error instanceof SpoolUnusableError) {
    logger.fatal(`cannot start: ${error.message}`);
  } else {
    logger.fatal({ err: error }, `cannot start: ${error instanceof Error ? error.message : String(error)}`);
  }
  process.exit(1);
});
