import { createSecureContext, type SecureContext } from 'node:tls';

import { NameLookups } from '../backends/name-lookups.js';
import { resolvedListeners } from '../backends/own-names.js';
import { SystemClock } from '../clock/clock.js';
import { backendSecureContext } from '../forwarding/client/secure-context.js';
import { type Backend } from '../model/backend.js';
import { toBackends } from '../model/to-backends.js';
import { type BackendList, NO_BACKENDS } from '../config/backend-list.js';
import { isOurs } from '../config/own-listeners.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { SPOOL_BYTES } from '../metrics/names.js';
import { checkBackend } from './backend/backend.check.js';
import { checkBackends } from './backends.check.js';
import { type CheckName, type CheckResult, type Finding, type Report } from './check-result.js';
import { checkDatabase } from './check-database.js';
import { checkEnvironment } from './environment.check.js';
import { checkFilter } from './filter.check.js';
import { checkGithub } from './github.check.js';
import { checkInsecure } from './insecure.check.js';
import { checkListenerTls } from './listener-tls.check.js';
import { checkPort, type Listener, type ListeningService, type PortFinding } from './port.check.js';
import { askForBackends } from './registered-backends.js';
import { checkSecrets } from './secret.check.js';
import { checkSpoolRoom } from './spool-room.check.js';
import { checkSpool } from './spool.check.js';
import { timed, timedTogether } from './timed.js';

export interface RunOptions {
  /** Time for each backend, and for each question to a service that runs on this host. */
  readonly timeoutMs: number;
  /** ms since the epoch */
  readonly now: () => number;
}

/** Runs every check whose variables can be used, and reports as they end. */
export async function runChecks(
  environment: Readonly<Record<string, unknown>>,
  options: RunOptions,
  report: Report,
): Promise<void> {
  const { config, faults, faulty } = SprayproxyConfig.read(environment);
  for (const result of timedTogether('environment', () => checkEnvironment(environment, faults))) {
    report(result);
  }
  await new Run(config, faulty, options, report).run();
}

/** A service that runs on this host with this configuration, as its ports tell. */
interface RunningService {
  /** Where it listens for webhooks; `undefined`: none does; `null`: nobody can tell. */
  readonly service: ListeningService | undefined | null;
  /** What its spool holds, as its metrics tell. */
  readonly spoolBytes: number | undefined;
}

class Run {
  private readonly secureContext: SecureContext;
  private readonly names: NameLookups;

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly faulty: ReadonlySet<string>,
    private readonly options: RunOptions,
    private readonly report: Report,
  ) {
    this.secureContext = soundContext(config);
    this.names = new NameLookups(config.threadPoolSize, new SystemClock());
  }

  async run(): Promise<void> {
    const statics = toBackends(this.config.staticBackendUrls, 'static');
    const checkingStatics = Promise.all(statics.map((backend) => this.#backend(backend)));
    const { config, options } = this;
    this.#reportAll(timedTogether('insecure', () => checkInsecure(config)));
    this.#reportAll(timedTogether('secret', () => checkSecrets(config)));
    const checkingGithub = this.#github();
    this.#reportAll(
      timedTogether('webhook-tls', () => checkListenerTls(config.webhookListener?.tls, options.now())),
    );
    this.#reportAll(timedTogether('metrics-tls', () => checkListenerTls(config.metricsTls, options.now())));

    const { service, spoolBytes } = await this.#ports();
    const known = new Set(statics.map(({ key }) => key));
    const kept = await this.#registered(service, spoolBytes);
    const registered = toBackends(kept.urls, 'registered').filter(({ key }) => !known.has(key));
    if (!this.faulty.has('SPRAYPROXY_SERVER_BACKEND')) {
      await this.#check('backends', 'SPRAYPROXY_SERVER_BACKEND', () =>
        checkBackends(known.size, registered.length, config.dynamicBackendsEnabled),
      );
    }
    const filters = new Map([...kept.filters, ...config.staticBackendFilters]);
    for (const { key, url } of [...statics, ...registered]) {
      const filter = filters.get(key);
      if (filter !== undefined) await this.#check('filter', url, () => checkFilter(filter));
    }
    await Promise.all([
      checkingStatics,
      checkingGithub,
      ...registered.map((backend) => this.#backend(backend)),
    ]);
  }

  async #github(): Promise<void> {
    const { recovery } = this.config;
    if (recovery === undefined || this.faulty.has('SPRAYPROXY_GITHUB_API_URL')) return;
    await this.#check('github', `App ${recovery.appId}`, () => checkGithub(recovery, this.options.timeoutMs));
  }

  /** What the ports tell of a service that runs. */
  async #ports(): Promise<RunningService> {
    const { serverHost: host, serverPort, metricsPort, metricsTls, webhookListener } = this.config;
    const healthy = { path: '/healthz', answer: /^healthy$/ };
    const server: Listener = {
      host,
      port: serverPort,
      variables: { host: 'SPRAYPROXY_SERVER_HOST', port: 'SPRAYPROXY_SERVER_PORT' },
      tlsVariables: [],
      protocol: 'http:',
      sign: healthy,
    };
    const metrics: Listener = {
      host,
      port: metricsPort,
      variables: { host: 'SPRAYPROXY_SERVER_HOST', port: 'SPRAYPROXY_SERVER_METRICS_PORT' },
      tlsVariables: ['SPRAYPROXY_SERVER_METRICS_CERT', 'SPRAYPROXY_SERVER_METRICS_KEY'],
      protocol: metricsTls === undefined ? 'http:' : 'https:',
      sign: { path: '/metrics', answer: /^sprayproxy_build_info\{/m },
    };
    const found = await this.#port(server);
    if (webhookListener !== undefined) {
      const { tls, ...at } = webhookListener;
      await this.#port({
        ...at,
        variables: { host: 'SPRAYPROXY_WEBHOOK_HOST', port: 'SPRAYPROXY_WEBHOOK_PORT' },
        tlsVariables: ['SPRAYPROXY_WEBHOOK_CERT', 'SPRAYPROXY_WEBHOOK_KEY'],
        protocol: tls === undefined ? 'http:' : 'https:',
        sign: healthy,
      });
    }
    const { answer = '' } = (await this.#port(metrics)) ?? {};
    const [, spoolBytes] = new RegExp(`^${SPOOL_BYTES} (\\d+)$`, 'm').exec(answer) ?? [];
    return {
      service: found === null ? null : found.service,
      spoolBytes: spoolBytes === undefined ? undefined : Number(spoolBytes),
    };
  }

  /** @returns `null`: nobody can tell who listens. */
  async #port(listener: Listener): Promise<PortFinding | null> {
    const { port, variables, tlsVariables } = listener;
    const isFaulty = [variables.host, variables.port, ...tlsVariables].some((name) => this.faulty.has(name));
    if (port === 0 || isFaulty) return null;
    let found: PortFinding | null = null;
    await this.#check('port', variables.port, async () => {
      found = await checkPort(listener, this.#signal());
      return found.finding;
    });
    return found;
  }

  /** The registered backends, as far as they can be known. */
  async #registered(
    service: RunningService['service'],
    spoolBytes: number | undefined,
  ): Promise<BackendList> {
    const inSpool = await this.#spool(service === null ? undefined : service !== undefined, spoolBytes);
    if (!this.config.dynamicBackendsEnabled) return NO_BACKENDS;
    // A database is everybody's, and has been read.
    return service && this.config.spoolDatabase === undefined
      ? askForBackends(service, this.#signal())
      : inSpool;
  }

  async #spool(serviceRuns: boolean | undefined, spoolBytes: number | undefined): Promise<BackendList> {
    const { spoolDir, spoolDatabase, maxSpoolBytes, maxPayloadBytes } = this.config;
    if (spoolDatabase !== undefined)
      return checkDatabase(spoolDatabase, this.config, this.faulty, this.report);
    if (spoolDir === undefined) return NO_BACKENDS;
    let registered = NO_BACKENDS;
    let held = spoolBytes;
    await this.#check('spool', spoolDir, async () => {
      const found = await checkSpool(spoolDir, serviceRuns);
      registered = found.registered;
      held = found.bytes ?? held;
      return found.finding;
    });
    if (!this.faulty.has('SPRAYPROXY_SPOOL_MAX_BYTES')) {
      await this.#check('spool-room', spoolDir, () =>
        checkSpoolRoom(spoolDir, { held, maxSpoolBytes, maxPayloadBytes }),
      );
    }
    return registered;
  }

  async #backend(backend: Backend): Promise<void> {
    const { skipTlsVerify, allowLocalBackends: allowLocal, proxies } = this.config;
    const { options, secureContext, names } = this;
    const listeners = await this.#listeners();
    await checkBackend(
      backend,
      {
        ...options,
        skipTlsVerify,
        secureContext,
        allowLocal,
        proxies,
        names,
        isOurs: (hostname, port) => isOurs({ hostname, port }, listeners),
      },
      this.report,
    );
  }

  /** Of a port that cannot be used, nobody can tell which it is to be. */
  #listeners() {
    const { serverHost, serverPort, metricsPort, webhookListener } = this.config;
    const known = (variable: string, port: number) => (this.faulty.has(variable) ? 0 : port);
    const ports = {
      serverPort: known('SPRAYPROXY_SERVER_PORT', serverPort),
      metricsPort: known('SPRAYPROXY_SERVER_METRICS_PORT', metricsPort),
      webhookListener,
    };
    return resolvedListeners({ serverHost, ...ports }, this.names);
  }

  async #check(check: CheckName, subject: string, look: () => Finding | Promise<Finding>): Promise<void> {
    this.report(await timed(check, subject, look));
  }

  #reportAll(results: readonly CheckResult[]): void {
    for (const result of results) this.report(result);
  }

  #signal(): AbortSignal {
    return AbortSignal.timeout(this.options.timeoutMs);
  }
}

/** What is wrong with the files is among the faults of the environment already. */
function soundContext({ backendTls }: SprayproxyConfig): SecureContext {
  try {
    return backendSecureContext(backendTls);
  } catch {
    return createSecureContext();
  }
}
