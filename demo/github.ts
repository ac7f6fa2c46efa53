import definitions from '@octokit/webhooks-examples';
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

import { signedHeaders } from '../testing/github/signed-headers.js';

/** GitHub marks a delivery failed when the answer takes longer. */
const ANSWER_TIMEOUT_MS = 10_000;

/** One webhook as GitHub sends it. */
export interface Webhook {
  readonly event: string;
  /** Its GUID, the value of `X-GitHub-Delivery`. */
  readonly guid: string;
  readonly payload: Buffer;
  /** All that matter to a receiver; Host and Content-Length are the client's affair. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface SentWebhook extends Webhook {
  /** When its first byte was about to leave, as `performance.now()` tells the time. */
  readonly sentAt: number;
  /** Status and body, or why there is no answer. */
  readonly answer: string;
}

/** The published example payloads of every event of github.com, each as a webhook of its own. */
export function examples(secret: string): Webhook[] {
  return definitions.flatMap(({ name, examples: payloads }) =>
    payloads.map((payload) => signedWebhook(name, Buffer.from(JSON.stringify(payload)), secret)),
  );
}

export function signedWebhook(event: string, payload: Buffer, secret: string): Webhook {
  const guid = randomUUID();
  return { event, guid, payload, headers: signedHeaders({ event, guid, payload, secret }) };
}

/** Sends webhooks one after the other over one connection, so that none waits for another. */
export async function sendAll(url: string, webhooks: readonly Webhook[]): Promise<SentWebhook[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sent: SentWebhook[] = [];
  for (const webhook of webhooks) sent.push(await send(url, webhook, agent));
  agent.destroy();
  return sent;
}

/** Never rejects: that no answer came is an answer too. */
function send(url: string, webhook: Webhook, agent: Agent): Promise<SentWebhook> {
  const { headers, payload } = webhook;
  return new Promise((resolve) => {
    const sentAt = performance.now();
    const done = (answer: string) => {
      resolve({ ...webhook, sentAt, answer });
    };
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const outgoing = request(url, {
      method: 'POST',
      agent,
      signal,
      headers: { ...headers, 'Content-Length': payload.length },
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      done(`no answer (${signal.aborted ? 'timeout' : (error.code ?? error.message)})`);
    });
    outgoing.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => {
        done(`${response.statusCode ?? 0} ${body}`);
      });
      response.on('error', (error) => {
        done(`no answer (${error.message})`);
      });
    });
    outgoing.end(payload);
  });
}
