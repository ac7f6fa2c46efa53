// A file of its own in the bundle, as octokit.ts is: few ask through a proxy.
import { fetch, ProxyAgent, type RequestInit } from 'undici';

/**
 * Makes a `fetch` that goes through a proxy, which Node's own cannot.
 * @param origin scheme and authority of the proxy
 * @param authorization value of `Proxy-Authorization`
 */
export function fetchThrough(origin: string, authorization?: string): typeof globalThis.fetch {
  const dispatcher = new ProxyAgent({
    uri: origin,
    ...(authorization !== undefined && { token: authorization }),
  });
  const proxied = (url: string, init: RequestInit) => fetch(url, { ...init, dispatcher });
  return proxied as unknown as typeof globalThis.fetch;
}
