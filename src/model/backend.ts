export type BackendOrigin = 'static' | 'registered';

const STANDARD_PORTS = { 'http:': 80, 'https:': 443 } as const;

/** A target of forwards. */
export class Backend {
  /** As shown to clients: normalised, without the slash that stands for an empty path. */
  readonly url: string;
  /** Two URLs with the same key are the same backend: a trailing slash of the path makes no difference. */
  readonly key: string;
  /** Scheme and authority: what a connection is opened to. */
  readonly connectTo: string;
  /** `host` or `host:port`, the port only where it is not the scheme's own. Label of the metrics. */
  readonly host: string;
  /** Host without port; an IPv6 address without its brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Path and query. */
  readonly #ownTarget: string;
  readonly #query: string;

  constructor(
    url: URL,
    readonly origin: BackendOrigin,
  ) {
    const path = url.pathname.replace(/\/+$/, '');
    this.#query = url.search.slice(1);
    this.#ownTarget = this.#query === '' ? url.pathname : url.pathname + url.search;
    this.connectTo = url.origin;
    this.host = url.host;
    this.hostname = url.hostname.replace(/^\[|\]$/g, '');
    this.port =
      url.port === '' ? STANDARD_PORTS[url.protocol as keyof typeof STANDARD_PORTS] : Number(url.port);
    this.key = url.origin + path + url.search;
    this.url = url.pathname === '/' ? this.key : url.href;
  }

  /** Path and query of a forward: the backend's own, the webhook's query (as it came, without `?`) after it. */
  target(query: string): string {
    if (query === '') return this.#ownTarget;
    return `${this.#ownTarget}${this.#query === '' ? '?' : '&'}${query}`;
  }
}
