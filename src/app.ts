import { type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setDefaultHighWaterMark } from 'node:stream';
import { register } from 'prom-client';

import { AppModule, type Replacements } from './app.module.js';
import { type SprayproxyConfig } from './config/sprayproxy-config.js';
import { WebhookHttpAdapter } from './http/webhook-http-adapter.js';
import { NestLogger } from './logging/nest-logger.js';

/**
 * As much of a body as piles up while it is held back: a server cannot say so of its TLS sockets. Newer versions of Node have
 * 64 KiB, which of pieces of one byte are 64 Ki objects: 1.5 million such pieces took 446 MiB with it.
 */
const STREAM_BYTES = 16 * 1024;

/**
 * The application, not yet listening. It keeps everything to itself but the size of streams' buffers, and the registry
 * of the metrics, which begins afresh: a process may boot one after another.
 * @param replacements stand in for parts of the outside world
 * @throws SpoolUnusableError
 */
export async function createApp(
  config: SprayproxyConfig,
  replacements: Replacements = {},
): Promise<INestApplication> {
  register.clear();
  setDefaultHighWaterMark(false, STREAM_BYTES);
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
