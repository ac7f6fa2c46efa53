import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { refusalOf } from './app-token.js';
import { DeliveryLog } from './delivery-log.js';
import { signedHeaders } from './signed-headers.js';

/** What is answered in place of what would be; `hang`: nothing is. */
export type ScriptedAnswer =
  | 'hang'
  | {
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Says what of requests and answers is not as it should be. */
export interface ApiDescription {
  faultsInRequest(method: string, target: string): readonly string[];
  faultsInAnswer(method: string, target: string, status: number, body: unknown): readonly string[];
}

export interface ScriptedGithubOptions {
  /** Where the App's private key is put. */
  readonly directory: string;
  /** Of the webhook. */
  readonly secret: string;
  /** Where it sends webhooks, may be told later: scheme and authority. */
  readonly webhookUrl?: string;
  /** What it is held to. */
  readonly description?: ApiDescription;
}

interface Webhook {
  readonly event: string;
  readonly payload: Buffer;
}

export const APP_ID = '79929';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:9';

/** GitHub gives up after that long. */
const ANSWER_TIMEOUT_MS = 10_000;

/** What GitHub is to an App: keeps its deliveries, makes new attempts on request, and sends them for real. */
export class ScriptedGithub {
  readonly log = new DeliveryLog();
  /** Method and path of each, in the order in which they came. */
  readonly requests: string[] = [];
  /** What was not as GitHub's description has it; a test that ends well has none. */
  readonly undescribed: string[] = [];
  /** Says what to answer where something is the matter. */
  script: (request: string) => ScriptedAnswer | undefined = () => undefined;
  /** GitHub's clock, ahead of ours. */
  aheadMs = 0;
  secret: string;
  /** Scheme and authority of where it sends webhooks. */
  webhookUrl: string;
  hookConfig: Record<string, string> = { content_type: 'json', insecure_ssl: '0', secret: '********' };
  readonly #webhooks = new Map<string, Webhook>();
  readonly #sending = new Set<Promise<unknown>>();
  readonly #api: ApiDescription | undefined;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response);
  });
  readonly #publicKey: KeyObject;
  readonly #privateKeyFile: string;

  private constructor({ directory, secret, webhookUrl = NOWHERE, description }: ScriptedGithubOptions) {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.#publicKey = publicKey;
    this.#privateKeyFile = join(directory, 'app.pem');
    this.secret = secret;
    this.webhookUrl = webhookUrl;
    this.#api = description;
    writeFileSync(this.#privateKeyFile, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  }

  static async start(options: ScriptedGithubOptions): Promise<ScriptedGithub> {
    const github = new ScriptedGithub(options);
    github.#server.listen(0, '127.0.0.1');
    await once(github.#server, 'listening');
    return github;
  }

  get privateKeyFile(): string {
    return this.#privateKeyFile;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What switches recovery on. */
  get env(): Record<string, string> {
    return {
      GH_APP_ID: APP_ID,
      GH_APP_PRIVATE_KEY_FILE: this.privateKeyFile,
      SPRAYPROXY_GITHUB_API_URL: this.url,
      SPRAYPROXY_RECOVERY_INTERVAL: '200ms',
      SPRAYPROXY_RECOVERY_RATE: '6000',
    };
  }

  /** Has something happen at GitHub: sends its webhook. @returns the GUID */
  async happen(payload: Buffer, event = 'push', guid: string = randomUUID()): Promise<string> {
    this.#webhooks.set(guid, { event, payload });
    await this.#attempt(guid, false);
    return guid;
  }

  /** Ids of the attempts that it was asked to repeat. */
  get redelivered(): string[] {
    return this.requests.flatMap(
      (request) => /^POST .*\/deliveries\/(\d+)\/attempts$/.exec(request)?.[1] ?? [],
    );
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#sending);
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #attempt(guid: string, redelivery: boolean): Promise<void> {
    const { event, payload } = this.#webhooks.get(guid) ?? { event: 'push', payload: Buffer.alloc(0) };
    const at = new Date(Date.now() + this.aheadMs).toISOString();
    const status_code = await fetch(`${this.webhookUrl}/proxy`, {
      method: 'POST',
      headers: signedHeaders({ event, guid, payload, secret: this.secret }),
      body: new Uint8Array(payload),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 502,
    );
    this.log.add({ guid, event, redelivery, status_code, delivered_at: at });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: target = '' } = request;
    const [path = ''] = target.split('?');
    this.requests.push(`${method} ${path}`);
    this.undescribed.push(...(this.#api?.faultsInRequest(method, target) ?? []));
    request.resume();
    const scripted = this.script(`${method} ${path}`);
    if (scripted === 'hang') return;
    const now = Math.floor((Date.now() + this.aheadMs) / 1000);
    const refusal = refusalOf(request.headers.authorization, {
      publicKey: this.#publicKey,
      appId: APP_ID,
      now,
    });
    const { status, body, headers } =
      scripted !== undefined
        ? { status: scripted.status, body: saying(scripted.message ?? ''), headers: scripted.headers }
        : refusal !== undefined
          ? { status: 401, body: saying(refusal), headers: {} }
          : this.#answer(method, target);
    this.undescribed.push(...(this.#api?.faultsInAnswer(method, target, status, body) ?? []));
    response.writeHead(status, {
      'Content-Type': 'application/json; charset=utf-8',
      Date: new Date(now * 1000).toUTCString(),
      'X-RateLimit-Remaining': '4999',
      ...headers,
    });
    response.end(JSON.stringify(body));
  }

  #answer(
    method: string,
    target: string,
  ): { status: number; body: unknown; headers?: Record<string, string> } {
    const { pathname, searchParams } = new URL(target, this.url);
    const [, id] = /^\/app\/hook\/deliveries\/(\d+)\/attempts$/.exec(pathname) ?? [];
    if (method === 'POST' && id !== undefined) return this.#redeliver(Number(id));
    if (method !== 'GET') return NOT_FOUND;
    switch (pathname) {
      case '/app':
        return { status: 200, body: APP };
      case '/app/hook/config':
        return { status: 200, body: { url: `${this.webhookUrl}/proxy`, ...this.hookConfig } };
      case '/app/hook/deliveries':
        return this.#list(
          Number(searchParams.get('per_page') ?? 30),
          searchParams.get('cursor') ?? undefined,
        );
      default:
        return NOT_FOUND;
    }
  }

  #list(perPage: number, cursor: string | undefined) {
    const page = this.log.page(perPage, cursor);
    if (page === undefined) return { status: 400, body: saying('Invalid cursor') };
    const next = new URL(`/app/hook/deliveries?per_page=${perPage}&cursor=${page.cursor ?? ''}`, this.url);
    return {
      status: 200,
      body: page.rows,
      ...(page.cursor !== undefined && { headers: { Link: `<${next.href}>; rel="next"` } }),
    };
  }

  #redeliver(id: number) {
    const row = this.log.get(id);
    if (row === undefined) return NOT_FOUND;
    // It answers before it sends.
    const sending = delay(1).then(() => this.#attempt(row.guid, true));
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
    return { status: 202, body: {} };
  }
}

const saying = (message: string) => ({ message, documentation_url: 'https://docs.github.com/rest' });

const NOT_FOUND = { status: 404, body: saying('Not Found') };

const APP = {
  id: Number(APP_ID),
  node_id: 'MDExOkludGVncmF0aW9uMQ==',
  slug: 'sprayed',
  name: 'Sprayed',
  owner: {
    login: 'github',
    id: 1,
    node_id: 'MDEyOk9yZ2FuaXphdGlvbjE=',
    url: 'https://api.github.com/orgs/github',
    html_url: 'https://github.com/github',
    avatar_url: 'https://github.com/images/error/octocat_happy.gif',
    gravatar_id: '',
    followers_url: 'https://api.github.com/users/github/followers',
    following_url: 'https://api.github.com/users/github/following',
    gists_url: 'https://api.github.com/users/github/gists',
    starred_url: 'https://api.github.com/users/github/starred',
    subscriptions_url: 'https://api.github.com/users/github/subscriptions',
    organizations_url: 'https://api.github.com/users/github/orgs',
    repos_url: 'https://api.github.com/orgs/github/repos',
    events_url: 'https://api.github.com/orgs/github/events',
    received_events_url: 'https://api.github.com/users/github/received_events',
    type: 'Organization',
    site_admin: false,
  },
  description: null,
  external_url: 'https://example.com',
  html_url: 'https://github.com/apps/sprayed',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  permissions: { metadata: 'read' },
  events: ['push'],
};
