import { type INestApplication, type ModuleMetadata } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

import { WebhookHttpAdapter } from '../../src/http/webhook-http-adapter.js';

export interface ListeningApp {
  readonly app: INestApplication;
  readonly port: number;
  readonly url: string;
}

/** An application of a few parts, on the program's own HTTP server and a free port. Its test closes it. */
export async function listeningApp(parts: ModuleMetadata): Promise<ListeningApp> {
  const module = await Test.createTestingModule(parts).compile();
  const app = module.createNestApplication(new WebhookHttpAdapter(), { bodyParser: false, logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, port, url: `http://127.0.0.1:${port}` };
}
