import { configFor } from '../../test/support/config-for.js';

const backend = (url: string) => {
  const { origin, hostname, port } = new URL(url);
  return { connectTo: origin, hostname, port: Number(port) };
};
const [HTTP, HTTPS] = [backend('http://a.example:81'), backend('https://a.example:444')];

describe('the proxy', () => {
  it.each([
    [{ HTTP_PROXY: 'http://p:3128' }, 'http://p:3128', undefined],
    [{ HTTP_PROXY: 'p:3128' }, 'http://p:3128', undefined],
    [{ HTTP_PROXY: 'p', http_proxy: 'q' }, 'http://p', undefined],
    [{ HTTP_PROXY: '', http_proxy: 'q' }, 'http://q', undefined],
    [{ HTTPS_PROXY: 'https://p' }, undefined, 'https://p'],
    [{ https_proxy: 'p' }, undefined, 'http://p'],
    [{ HTTP_PROXY: 'p', REQUEST_METHOD: 'GET' }, undefined, undefined],
    [{ http_proxy: 'p', REQUEST_METHOD: 'GET' }, 'http://p', undefined],
    [{ HTTP_PROXY: 'p', HTTPS_PROXY: 'q', NO_PROXY: 'a.example:81' }, undefined, 'http://q'],
    [{ HTTP_PROXY: 'p', HTTPS_PROXY: 'q', no_proxy: 'a.example' }, undefined, undefined],
  ])('of %j is %s for http, %s for https', (environment, http, https) => {
    const { proxies } = configFor(environment);
    expect(proxies.proxyFor(HTTP)?.origin).toBe(http);
    expect(proxies.proxyFor(HTTPS)?.origin).toBe(https);
  });

  it.each(['socks5://p', 'ftp://p', 'http://', 'p p', 'http://p:99999', 'http://%zz@p'])(
    'cannot be %j, and the fault does not say it',
    (text) => {
      expect(() => configFor({ HTTPS_PROXY: text })).toThrow(/HTTPS_PROXY must be the URL of a proxy, http/);
    },
  );
});
