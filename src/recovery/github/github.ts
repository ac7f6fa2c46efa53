import { readPrivateKey } from '../../config/private-key.js';
import { type HttpProxy } from '../../config/proxies.js';
import { type RecoveryConfig } from '../../config/recovery-config.js';
import { VERSION } from '../../version.js';
import { type GithubAttempt } from './github-attempt.js';
import { faultOf, GithubFault } from './github-fault.js';
import type * as OctokitFile from './octokit.js';

/** GitHub's own time to answer a request is 10 s. */
const TIMEOUT_MS = 30_000;
const RETRY_DELAY_MS = 1000;

export interface GithubOptions extends Pick<
  RecoveryConfig,
  'appId' | 'privateKeyFile' | 'apiUrl' | 'proxy' | 'requestsPerMinute'
> {
  readonly timeoutMs?: number;
  readonly retryDelayMs?: number;
  readonly warn?: (message: string) => void;
}

/** How GitHub calls the App of a webhook. */
export interface HookConfig {
  readonly url: string | undefined;
  readonly contentType: string | undefined;
  readonly isTlsVerified: boolean;
}

/** GitHub, as an App sees it. Every failure is a `GithubFault`. */
export class Github {
  #privateKey = '';
  #octokit: ReturnType<typeof OctokitFile.connectOctokit> | undefined;

  constructor(private readonly options: GithubOptions) {}

  /** The attempts in GitHub's list, newest first, by pages. */
  async *deliveries(): AsyncGenerator<readonly GithubAttempt[]> {
    const { pages } = await this.#connected();
    const iterator = pages()[Symbol.asyncIterator]();
    for (;;) {
      const next = await asking(() => iterator.next());
      if (next.done === true) return;
      yield next.value.data.map((row) => ({
        id: String(row.id),
        guid: row.guid,
        event: row.event,
        at: Date.parse(row.delivered_at),
        isRedelivery: row.redelivery,
        status: row.status_code,
      }));
    }
  }

  /** Has GitHub send a webhook once more. @param id of one of its attempts */
  async redeliver(id: string): Promise<void> {
    const { redeliver } = await this.#connected();
    try {
      await asking(() => redeliver(id));
    } catch (error) {
      const isOfOne = error instanceof GithubFault && ['not-found', 'forbidden'].includes(error.reason);
      // Of the App it would have been said when its list was read.
      throw isOfOne ? new GithubFault('gone', `GitHub cannot send it again (${error.message})`) : error;
    }
  }

  /** Its name. */
  async app(): Promise<string> {
    const { app } = await this.#connected();
    const { data } = await asking(app);
    return data?.slug ?? data?.name ?? '';
  }

  async hookConfig(): Promise<HookConfig> {
    const { hookConfig } = await this.#connected();
    const { data } = await asking(hookConfig);
    return {
      url: data.url,
      contentType: data.content_type,
      isTlsVerified: !['1', 1].includes(data.insecure_ssl ?? 0),
    };
  }

  /** With the key as it is now. */
  async #connected() {
    const { appId, privateKeyFile, apiUrl, proxy, requestsPerMinute, ...others } = this.options;
    const privateKey = keyIn(privateKeyFile);
    if (this.#octokit === undefined || privateKey !== this.#privateKey) {
      const { connectOctokit } = await import('./octokit.js');
      this.#privateKey = privateKey;
      this.#octokit = connectOctokit({
        appId,
        privateKey,
        requestsPerMinute,
        baseUrl: apiUrl,
        userAgent: `sprayproxy/${VERSION}`,
        timeoutMs: others.timeoutMs ?? TIMEOUT_MS,
        retryDelayMs: others.retryDelayMs ?? RETRY_DELAY_MS,
        warn: others.warn ?? (() => undefined),
        fetch: await fetchBy(proxy),
      });
    }
    return this.#octokit;
  }
}

async function fetchBy(proxy: HttpProxy | undefined): Promise<typeof fetch> {
  if (proxy === undefined) return fetch;
  const { fetchThrough } = await import('./proxied-fetch.js');
  return fetchThrough(proxy.origin, proxy.authorization);
}

function keyIn(file: string): string {
  try {
    return readPrivateKey(file);
  } catch (error) {
    throw new GithubFault('key', `GH_APP_PRIVATE_KEY_FILE must ${(error as Error).message}`);
  }
}

async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw faultOf(error, Date.now());
  }
}
