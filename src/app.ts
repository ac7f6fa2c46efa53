import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { register } from 'prom-client';

import { AppModule, type Replacements } from './app.module.js';
import { type SprayproxyConfig } from './config/sprayproxy-config.js';
import { WebhookHttpAdapter } from './http/webhook-http-adapter.js';
import { NestLogger } from './logging/nest-logger.js';

/**
 * The application, not yet listening. It keeps everything to itself but the registry of the metrics, which begins
 * afresh: a process may boot one after another.
 * @param replacements stand in for parts of the outside world
 * @throws SpoolUnusableError
 */
export async function createApp(
  config: SprayproxyConfig,
  replacements: Replacements = {},
): Promise<INestApplication> {
  register.clear();
  const adapter = new WebhookHttpAdapter();
  const app = await NestFactory.create(await AppModule.of(config, replacements), adapter, {
    abortOnError: false,
    bodyParser: false,
    logger: false,
  });
  adapter.limitRequestTime(config.readTimeoutMs);
  app.useLogger(app.get(NestLogger));
  return app;
}
