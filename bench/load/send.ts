import { Agent, request } from 'node:http';

import { type SignedPayload, sizeOf } from './payload.js';

/** How a webhook was answered. */
export interface Answer {
  /** 0: not at all. */
  readonly status: number;
  /** Ms from its first byte to the end of the answer. */
  readonly ms: number;
  readonly retryAfter: string | undefined;
  /** Why there is no answer. */
  readonly error?: string;
}

export const newAgent = (): Agent => new Agent({ keepAlive: true });

/** Sends one webhook. Never rejects: that no answer came within `timeoutMs` is an answer too. */
export function send(url: string, webhook: SignedPayload, agent: Agent, timeoutMs = 60_000): Promise<Answer> {
  const { parts, headers } = webhook;
  return new Promise((resolve) => {
    const sentAt = performance.now();
    const done = (answer: Omit<Answer, 'ms'>) => {
      resolve({ ...answer, ms: performance.now() - sentAt });
    };
    const outgoing = request(`${url}/proxy`, {
      method: 'POST',
      agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { ...headers, 'Content-Length': sizeOf(webhook) },
    });
    outgoing.on('response', (response) => {
      response.resume();
      response.on('close', () => {
        done({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
      });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      done({ status: 0, retryAfter: undefined, error: error.code ?? error.message });
    });
    for (const part of parts) outgoing.write(part);
    outgoing.end();
  });
}
