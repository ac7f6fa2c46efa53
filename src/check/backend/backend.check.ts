import { isIP, type Socket } from 'node:net';
import { type SecureContext } from 'node:tls';

import { type NameLookups } from '../../backends/name-lookups.js';
import { type Proxies } from '../../config/proxies.js';
import { type Backend } from '../../model/backend.js';
import { isLocalHost } from '../../backends/local-address.js';
import { type CheckName, type Report } from '../check-result.js';
import { timed } from '../timed.js';
import { checkDns } from './dns.check.js';
import { checkHttp } from './http.check.js';
import { checkProxy } from './proxy.check.js';
import { type Stage } from './stage.js';
import { checkTcp } from './tcp.check.js';
import { checkTls } from './tls.check.js';

export interface BackendCheckOptions {
  /** Time for all steps together. */
  readonly timeoutMs: number;
  readonly skipTlsVerify: boolean;
  readonly secureContext: SecureContext;
  readonly proxies: Proxies;
  readonly names: NameLookups;
  readonly allowLocal: boolean;
  /** Whether the service itself would be at a host and port. */
  readonly isOurs: (hostname: string, port: number) => boolean;
  /** ms since the epoch */
  readonly now: () => number;
}

/** Goes the way of a webhook to a backend, step by step, up to the first that fails. Never posts. */
export async function checkBackend(
  backend: Backend,
  options: BackendCheckOptions,
  report: Report,
): Promise<void> {
  const over = new AbortController();
  const timer = setTimeout(() => {
    over.abort();
  }, options.timeoutMs);
  const step = async <T>(check: CheckName, look: () => Promise<Stage<T>>): Promise<T | undefined> => {
    let passed: T | undefined;
    const result = await timed(check, backend.url, async () => {
      const stage = await look();
      passed = stage.passed;
      return stage.finding;
    });
    report(result);
    return passed;
  };

  const { signal } = over;
  const { secureContext, skipTlsVerify: skipVerify } = options;
  const proxy = options.proxies.proxyFor(backend);
  const { hostname, port } = proxy ?? backend;
  const allowLocal = options.allowLocal || backend.origin === 'static' || proxy !== undefined;
  const isOurs = (host: string) => proxy === undefined && options.isOurs(host, port);
  const family = isIP(hostname);
  const addresses =
    family === 0 || (!allowLocal && isLocalHost(hostname)) || isOurs(hostname)
      ? await step('dns', () => checkDns(hostname, options.names, { allowLocal, isOurs }, signal))
      : [{ address: hostname, family }];
  const connection = addresses && (await step('tcp', () => checkTcp({ hostname, port }, addresses, signal)));
  const reached =
    proxy && connection
      ? await step('proxy', () =>
          checkProxy(backend, proxy, connection, { skipVerify, secureContext }, signal),
        )
      : connection;
  const socket: Socket | undefined =
    reached && backend.connectTo.startsWith('https:')
      ? await step('tls', () =>
          checkTls(backend, reached, { skipVerify, secureContext, now: options.now() }, signal),
        )
      : reached;
  if (socket !== undefined) await step('http', () => checkHttp(backend, proxy, socket, signal));
  connection?.destroy();
  clearTimeout(timer);
}
