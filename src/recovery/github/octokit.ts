// A file of its own in the bundle: who recovers nothing is to have none of its text in memory. It imports nothing of ours.
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/core';
import { composePaginateRest } from '@octokit/plugin-paginate-rest';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck';

/** What the API is asked with. */
export interface OctokitOptions {
  readonly appId: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly baseUrl: string;
  readonly userAgent: string;
  /** Time for one answer. */
  readonly timeoutMs: number;
  readonly requestsPerMinute: number;
  /** How long the first retry after an answer of 5xx waits; others wait longer. */
  readonly retryDelayMs: number;
  readonly warn: (message: string) => void;
  readonly fetch: typeof globalThis.fetch;
}

const PAGE = 100;
const RETRIES = 3;

/** Longer than that nobody waits for a limit within a request. */
const MAX_WAIT_SECONDS = 10;

const ThrottledOctokit = Octokit.plugin(throttling, retry);

/** The API of GitHub for an App, as far as webhooks that could not be delivered need it. */
export function connectOctokit(options: OctokitOptions) {
  const { appId, privateKey, baseUrl, userAgent, timeoutMs, requestsPerMinute, retryDelayMs, warn, fetch } =
    options;
  const ignore = () => undefined;
  const mayWait = (seconds: number, _request: unknown, _octokit: unknown, retries: number) =>
    seconds <= MAX_WAIT_SECONDS && retries < RETRIES;
  const octokit = new ThrottledOctokit({
    authStrategy: createAppAuth,
    auth: { appId, privateKey },
    baseUrl,
    userAgent,
    log: { debug: ignore, info: ignore, warn, error: ignore },
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) }),
    },
    retry: { retries: RETRIES, retryAfterBaseValue: retryDelayMs },
    throttle: {
      id: 'recovery',
      write: new Bottleneck.Group({ maxConcurrent: 1, minTime: 60_000 / requestsPerMinute }),
      onRateLimit: mayWait,
      onSecondaryRateLimit: mayWait,
    },
  });
  return {
    /** Newest first. */
    pages: () => composePaginateRest.iterator(octokit, 'GET /app/hook/deliveries', { per_page: PAGE }),
    /** Not tried again: what is not answered may have been heard. */
    redeliver: (id: string) =>
      octokit.request('POST /app/hook/deliveries/{delivery_id}/attempts', {
        // It may be greater than a number can tell.
        delivery_id: id as unknown as number,
        request: { retries: 0 },
      }),
    app: () => octokit.request('GET /app'),
    hookConfig: () => octokit.request('GET /app/hook/config'),
  };
}
