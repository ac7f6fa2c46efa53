import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { request as requestTls } from 'node:https';
import { text } from 'node:stream/consumers';

import { signedHeaders } from '../../testing/github/signed-headers.js';
import { SECRET } from './start-sprayproxy.js';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export const sign = (payload: Buffer | string, secret = SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`;

/** The headers GitHub sends with a payload. */
export const githubHeaders = (payload: Buffer | string, event = 'push', guid: string = randomUUID()) =>
  signedHeaders({ event, guid, payload, secret: SECRET });

/** What the OpenAPI document is about. */
const DESCRIBED = /^\/(backends|deliveries)(?![\w-])/;

/**
 * Sends one request on a connection of its own, path and headers exactly as given; by TLS, whoever answers.
 * @throws Error where the answer is not as the OpenAPI document has it
 */
export async function send(
  url: string,
  options: RequestOptions & { body?: Buffer | string; path: string },
): Promise<Reply> {
  const { body, ...rest } = options;
  const { hostname, port, protocol } = new URL(url);
  const begin = protocol === 'https:' ? requestTls : request;
  const outgoing = begin({ agent: false, hostname, port, rejectUnauthorized: false, ...rest });
  // Given text, Node would encode the headers as UTF-8 together with it.
  outgoing.end(typeof body === 'string' ? Buffer.from(body) : body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  // Once it has its answer, a client that is still sending stops.
  outgoing.on('error', () => undefined);
  const reply = { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) };
  const { method = 'GET', path } = options;
  if (DESCRIBED.test(path)) {
    // Only here, since it takes a tenth of a second to load.
    const { undescribed } = await import('./description.js');
    const faults = undescribed(method, path, { ...reply, type: reply.headers['content-type'] });
    if (faults.length > 0) throw new Error(`docs/openapi.json: ${faults.join('; ')}`);
  }
  return reply;
}

/** Sends a webhook as GitHub does. */
export function sendWebhook(
  url: string,
  payload: Buffer | string,
  options: {
    path?: string;
    event?: string;
    guid?: string;
    headers?: Readonly<Record<string, string | string[]>>;
  } = {},
): Promise<Reply> {
  const { path = '/proxy', event, guid, headers } = options;
  return send(url, {
    method: 'POST',
    path,
    body: payload,
    headers: {
      ...githubHeaders(payload, event, guid),
      'Content-Length': Buffer.byteLength(payload),
      ...headers,
    },
  });
}
