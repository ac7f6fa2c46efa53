import { type Backend } from '../backends/backend.js';
import { toBackends } from '../backends/to-backends.js';
import { readEnvironment } from '../config/environment-variables.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { checkBackend } from './backend/backend.check.js';
import { checkBackends } from './backends.check.js';
import { type CheckName, type CheckResult, type Finding, type Report } from './check-result.js';
import { checkEnvironment } from './environment.check.js';
import { checkInsecure } from './insecure.check.js';
import { checkMetricsTls } from './metrics-tls.check.js';
import { checkPort, type Listener, type ListeningService } from './port.check.js';
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
  const read = readEnvironment(environment);
  for (const result of timedTogether('environment', () => checkEnvironment(environment, read.faults))) {
    report(result);
  }
  await new Run(SprayproxyConfig.of(read.variables), read.faulty, options, report).run();
}

class Run {
  constructor(
    private readonly config: SprayproxyConfig,
    private readonly faulty: ReadonlySet<string>,
    private readonly options: RunOptions,
    private readonly report: Report,
  ) {}

  async run(): Promise<void> {
    const statics = toBackends(this.config.staticBackendUrls, 'static');
    const checkingStatics = Promise.all(statics.map((backend) => this.#backend(backend)));
    const { config, options } = this;
    this.#reportAll(timedTogether('insecure', () => checkInsecure(config)));
    this.#reportAll(timedTogether('secret', () => checkSecrets(config)));
    this.#reportAll(timedTogether('metrics-tls', () => checkMetricsTls(config, options.now())));

    const service = await this.#ports();
    const known = new Set(statics.map(({ key }) => key));
    const registered = toBackends(await this.#registered(service), 'registered').filter(
      ({ key }) => !known.has(key),
    );
    if (!this.faulty.has('SPRAYPROXY_SERVER_BACKEND')) {
      await this.#check('backends', 'SPRAYPROXY_SERVER_BACKEND', () =>
        checkBackends(known.size, registered.length, config.dynamicBackendsEnabled),
      );
    }
    await Promise.all([checkingStatics, ...registered.map((backend) => this.#backend(backend))]);
  }

  /** @returns the service that listens for webhooks; `undefined`: none does; `null`: nobody can tell. */
  async #ports(): Promise<ListeningService | undefined | null> {
    const { serverHost: host, serverPort, metricsPort, metricsTls } = this.config;
    const webhooks: Listener = {
      host,
      port: serverPort,
      variable: 'SPRAYPROXY_SERVER_PORT',
      protocol: 'http:',
      sign: { path: '/healthz', answer: /^healthy$/ },
    };
    const metrics: Listener = {
      host,
      port: metricsPort,
      variable: 'SPRAYPROXY_SERVER_METRICS_PORT',
      protocol: metricsTls === undefined ? 'http:' : 'https:',
      sign: { path: '/metrics', answer: /^sprayproxy_build_info\{/m },
    };
    const service = await this.#port(webhooks);
    await this.#port(metrics);
    return service;
  }

  async #port(listener: Listener): Promise<ListeningService | undefined | null> {
    const { port, variable } = listener;
    if (port === 0 || this.faulty.has(variable)) return null;
    let service: ListeningService | undefined;
    await this.#check('port', variable, async () => {
      const found = await checkPort(listener, this.#signal());
      service = found.service;
      return found.finding;
    });
    return service;
  }

  /** URLs of the registered backends, as far as they can be known. */
  async #registered(service: ListeningService | undefined | null): Promise<readonly string[]> {
    const inSpool = await this.#spool(service === null ? undefined : service !== undefined);
    if (!this.config.dynamicBackendsEnabled) return [];
    return service ? askForBackends(service, this.#signal()) : inSpool;
  }

  async #spool(serviceRuns: boolean | undefined): Promise<readonly string[]> {
    const { spoolDir } = this.config;
    if (spoolDir === undefined) return [];
    let registered: readonly string[] = [];
    await this.#check('spool', spoolDir, async () => {
      const found = await checkSpool(spoolDir, serviceRuns);
      registered = found.registeredBackends;
      return found.finding;
    });
    if (!this.faulty.has('SPRAYPROXY_SPOOL_MAX_BYTES')) {
      await this.#check('spool-room', spoolDir, () => checkSpoolRoom(spoolDir, this.config));
    }
    return registered;
  }

  #backend(backend: Backend): Promise<void> {
    const { skipTlsVerify, allowLocalBackends: allowLocal } = this.config;
    return checkBackend(backend, { ...this.options, skipTlsVerify, allowLocal }, this.report);
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
