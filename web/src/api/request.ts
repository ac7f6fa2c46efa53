import { Failure } from './failure.js';

/** Longer than any answer takes but that of an attempt at a backend. */
const READ_TIMEOUT_MS = 15_000;
const ACT_TIMEOUT_MS = 120_000;

const MAX_TEXT = 300;

export interface Read<T> {
  /** `undefined`: as it was. */
  readonly data: T | undefined;
  readonly etag: string | undefined;
}

/** @throws Failure */
export async function read<T>(
  path: string,
  { etag, signal }: { readonly etag?: string | undefined; readonly signal?: AbortSignal } = {},
): Promise<Read<T>> {
  const timeout = AbortSignal.timeout(READ_TIMEOUT_MS);
  const response = await ask(path, {
    // Whether it has changed is asked here, with the tag at hand. A browser would add no-cache, which has all sent again.
    cache: 'no-store',
    headers: {
      Accept: 'application/json',
      'Cache-Control': 'max-age=0',
      ...(etag !== undefined && { 'If-None-Match': etag }),
    },
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (response.status === 304) return { data: undefined, etag };
  return { data: await answerOf<T>(response), etag: response.headers.get('ETag') ?? undefined };
}

/** Has something changed. @throws Failure */
export async function act<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const response = await ask(path, {
    method,
    cache: 'no-store',
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    signal: AbortSignal.timeout(ACT_TIMEOUT_MS),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return answerOf<T>(response);
}

async function ask(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { redirect: 'manual', ...init }).catch(() => {
    throw Failure.nobody();
  });
  if (response.type === 'opaqueredirect') throw Failure.signedOut();
  return response;
}

async function answerOf<T>(response: Response): Promise<T> {
  const text = await response.text().catch(() => {
    throw Failure.nobody();
  });
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json') === true;
  if (!response.ok) throw new Failure(response.status, isJson ? messageOf(text) : shortened(text));
  if (!isJson) throw Failure.signedOut();
  return JSON.parse(text) as T;
}

/** The proxy in front may answer in JSON. */
function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return shortened(typeof message === 'string' ? message : text);
  } catch {
    return shortened(text);
  }
}

const shortened = (text: string): string => text.trim().slice(0, MAX_TEXT);
