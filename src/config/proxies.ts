import { bypassesProxy } from './no-proxy.js';
import { parseUrl } from '../model/parse-url.js';

type Name =
  'HTTP_PROXY' | 'http_proxy' | 'HTTPS_PROXY' | 'https_proxy' | 'NO_PROXY' | 'no_proxy' | 'REQUEST_METHOD';

/** Where requests to a backend go instead. */
export class HttpProxy {
  /** An IPv6 address without its brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Whether TLS is spoken to the proxy itself. */
  readonly secure: boolean;
  /** Value of `Proxy-Authorization`; `undefined`: its URL has no credentials. */
  readonly authorization: string | undefined;
  /** What a request to the proxy says beside its own headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Scheme and authority, without credentials: fit to be shown. */
  readonly origin: string;

  constructor(
    url: URL,
    /** The variable that names it. */
    readonly variable: string,
  ) {
    this.hostname = url.hostname.replace(/^\[|\]$/g, '');
    this.secure = url.protocol === 'https:';
    this.port = url.port === '' ? (this.secure ? 443 : 80) : Number(url.port);
    this.origin = url.origin;
    const credentials = [url.username, url.password].map(decodeURIComponent).join(':');
    this.authorization =
      credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
    this.headers = this.authorization === undefined ? {} : { 'Proxy-Authorization': this.authorization };
  }
}

/** Which proxy the environment wants for whom. @see https://pkg.go.dev/golang.org/x/net/http/httpproxy */
export class Proxies {
  private constructor(
    private readonly http: HttpProxy | undefined,
    private readonly https: HttpProxy | undefined,
    private readonly noProxy: string,
  ) {}

  /** @param variables of which those that are set hold a URL that can be used */
  static of(variables: Readonly<Partial<Record<Name, string>>>): Proxies {
    const first = (...names: Name[]): HttpProxy | undefined => {
      const name = names.find((each) => variables[each] !== undefined);
      const url = name === undefined ? undefined : parseProxyUrl(variables[name] ?? '');
      return name === undefined || url === undefined ? undefined : new HttpProxy(url, name);
    };
    return new Proxies(
      variables.REQUEST_METHOD === undefined ? first('HTTP_PROXY', 'http_proxy') : first('http_proxy'),
      first('HTTPS_PROXY', 'https_proxy'),
      variables.NO_PROXY ?? variables.no_proxy ?? '',
    );
  }

  /** `undefined`: it is connected to directly. */
  proxyFor(backend: {
    readonly connectTo: string;
    readonly hostname: string;
    readonly port: number;
  }): HttpProxy | undefined {
    const proxy = backend.connectTo.startsWith('https:') ? this.https : this.http;
    return proxy === undefined || bypassesProxy(this.noProxy, backend.hostname, backend.port)
      ? undefined
      : proxy;
  }
}

/**
 * Reads the URL of a proxy, whose scheme may be left out; `undefined` if it is none.
 * As in Go, `host:port` is a host and a port and not a scheme.
 */
export function parseProxyUrl(text: string): URL | undefined {
  const spelled = text.includes('://') ? text : `http://${text}`;
  // The URL parser would silently strip white space and control characters.
  // oxlint-disable-next-line no-control-regex
  if (/[\s\u0000-\u001f\u007f]/.test(text)) return undefined;
  const url = parseUrl(spelled);
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? withSoundCredentials(url) : undefined;
}

function withSoundCredentials(url: URL): URL | undefined {
  try {
    decodeURIComponent(url.username + url.password);
    return url;
  } catch {
    return undefined;
  }
}
