import { type DeliveryGuarantee } from '../model/forward.js';
import { isPostgresUrl } from '../model/postgres-url.js';
import { type BackendFilter } from '../model/backend-filter.js';
import { NO_BACKENDS, readBackendList } from './backend-list.js';
import { type BackendTlsFiles } from './backend-tls-files.js';
import { ConfigurationError } from './configuration-error.js';
import { type EnvironmentVariables } from './environment-variables.js';
import { type TlsFiles } from './key-pair.js';
import { Proxies } from './proxies.js';
import { readEnvironment } from './read-environment.js';
import { type RecoveryConfig, recoveryConfig } from './recovery-config.js';
import { type SpoolDatabase } from './spool-password.js';
import { spoolDirectory } from './spool.decorators.js';

export interface WebhookListenerConfig {
  /** `undefined`: all interfaces. */
  readonly host: string | undefined;
  readonly port: number;
  /** `undefined`: without TLS. */
  readonly tls: TlsFiles | undefined;
}

/** What an environment says, whatever is wrong with it. */
export interface ReadConfig {
  /** What cannot be used has its default here. */
  readonly config: SprayproxyConfig;
  /** Each names a variable and says what it must be, never what it is. */
  readonly faults: readonly string[];
  /** Names of the variables whose own values cannot be used. */
  readonly faulty: ReadonlySet<string>;
}

/** The configuration in the program's own words. Read once at the start, the same for the whole run. */
export class SprayproxyConfig {
  readonly serverHost: string | undefined;
  readonly serverPort: number;
  readonly metricsPort: number;
  readonly metricsTls: TlsFiles | undefined;
  /** Where nothing but webhooks comes in; `undefined`: there is no such listener. */
  readonly webhookListener: WebhookListenerConfig | undefined;
  readonly staticBackendUrls: readonly string[];
  /** By key of the backend. */
  readonly staticBackendFilters: ReadonlyMap<string, BackendFilter>;
  readonly dynamicBackendsEnabled: boolean;
  readonly allowLocalBackends: boolean;
  readonly skipTlsVerify: boolean;
  readonly backendTls: BackendTlsFiles;
  readonly proxies: Proxies;
  /** Threads that Node has for what blocks, lookups of names among it. */
  readonly threadPoolSize: number;
  readonly skipWebhookVerify: boolean;
  /** As it was given; what is dropped of it is still there. */
  readonly secret: string | undefined;
  readonly secretFile: string | undefined;
  readonly readTimeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly maxPayloadBytes: number;
  readonly maxInflightBytes: number;
  /** Directory of the spool; `undefined`: it has none. */
  readonly spoolDir: string | undefined;
  /** Where the spool is a database; with neither, there is no spool. */
  readonly spoolDatabase: SpoolDatabase | undefined;
  /** Takes a database that acknowledges what is not on disk. */
  readonly allowAsyncCommit: boolean;
  readonly maxSpoolBytes: number;
  readonly ackTimeoutMs: number;
  readonly deliveryGuarantee: DeliveryGuarantee;
  readonly minRetryDelayMs: number;
  readonly maxRetryDelayMs: number;
  readonly maxForwardAgeMs: number;
  readonly rejectedMaxAgeMs: number;
  /** At one backend. */
  readonly maxAttemptsAtOnce: number;
  readonly drainConcurrency: number;
  /** Forwards a second and backend; `undefined`: as fast as it takes them. */
  readonly drainRate: number | undefined;
  readonly deliveriesEnabled: boolean;
  readonly journalSize: number;
  /** For how long a database remembers what is over. */
  readonly deliveriesMaxAgeMs: number;
  /** `undefined`: never. */
  readonly expireBackendsAfterMs: number | undefined;
  readonly shutdownDelayMs: number;
  readonly shutdownTimeoutMs: number;
  readonly logLevel: string;
  readonly recovery: RecoveryConfig | undefined;

  private constructor(variables: EnvironmentVariables) {
    this.serverHost = variables.SPRAYPROXY_SERVER_HOST;
    this.serverPort = variables.SPRAYPROXY_SERVER_PORT;
    this.metricsPort = variables.SPRAYPROXY_SERVER_METRICS_PORT;
    this.metricsTls = bothFiles(
      variables.SPRAYPROXY_SERVER_METRICS_CERT,
      variables.SPRAYPROXY_SERVER_METRICS_KEY,
    );
    const { SPRAYPROXY_WEBHOOK_PORT: webhookPort } = variables;
    this.webhookListener =
      webhookPort === undefined
        ? undefined
        : {
            host: variables.SPRAYPROXY_WEBHOOK_HOST,
            port: webhookPort,
            tls: bothFiles(variables.SPRAYPROXY_WEBHOOK_CERT, variables.SPRAYPROXY_WEBHOOK_KEY),
          };
    const backends = readBackendList(variables.SPRAYPROXY_SERVER_BACKEND ?? '');
    const { urls, filters } = typeof backends === 'string' ? NO_BACKENDS : backends;
    this.staticBackendUrls = urls;
    this.staticBackendFilters = filters;
    this.dynamicBackendsEnabled = variables.SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS;
    this.allowLocalBackends = variables.SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL;
    this.skipTlsVerify = variables.SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY;
    this.backendTls = {
      caFile: variables.SPRAYPROXY_BACKEND_CA_FILE,
      extraCaFile: variables.NODE_EXTRA_CA_CERTS,
      client: bothFiles(variables.SPRAYPROXY_BACKEND_CLIENT_CERT, variables.SPRAYPROXY_BACKEND_CLIENT_KEY),
    };
    this.proxies = Proxies.of(variables);
    this.threadPoolSize = variables.UV_THREADPOOL_SIZE;
    this.skipWebhookVerify = variables.SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY;
    this.secret = variables.GH_APP_WEBHOOK_SECRET;
    this.secretFile = variables.GH_APP_WEBHOOK_SECRET_FILE;
    this.readTimeoutMs = variables.SPRAYPROXY_SERVER_READ_TIMEOUT;
    this.attemptTimeoutMs = variables.SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT;
    this.maxPayloadBytes = variables.SPRAYPROXY_MAX_REQUEST_SIZE;
    // A payload at the cap must find room, or it never would.
    this.maxInflightBytes = Math.max(variables.SPRAYPROXY_MAX_INFLIGHT_BYTES, this.maxPayloadBytes);
    this.spoolDir = spoolDirectory(variables.SPRAYPROXY_SPOOL_URL);
    this.spoolDatabase = isPostgresUrl(variables.SPRAYPROXY_SPOOL_URL)
      ? {
          url: variables.SPRAYPROXY_SPOOL_URL,
          passwordFile: variables.SPRAYPROXY_SPOOL_PASSWORD_FILE,
          password: variables.PGPASSWORD,
        }
      : undefined;
    this.allowAsyncCommit = variables.SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT;
    this.maxSpoolBytes = variables.SPRAYPROXY_SPOOL_MAX_BYTES;
    this.ackTimeoutMs = variables.SPRAYPROXY_ACK_TIMEOUT;
    this.deliveryGuarantee = variables.SPRAYPROXY_DELIVERY_GUARANTEE;
    this.minRetryDelayMs = variables.SPRAYPROXY_RETRY_MIN_DELAY;
    this.maxRetryDelayMs = variables.SPRAYPROXY_RETRY_MAX_DELAY;
    this.maxForwardAgeMs = variables.SPRAYPROXY_RETRY_MAX_AGE;
    this.rejectedMaxAgeMs = variables.SPRAYPROXY_REJECTED_MAX_AGE;
    this.maxAttemptsAtOnce = variables.SPRAYPROXY_FORWARDING_CONCURRENCY;
    this.drainConcurrency = variables.SPRAYPROXY_DRAIN_CONCURRENCY;
    this.drainRate = variables.SPRAYPROXY_DRAIN_RATE ?? undefined;
    this.deliveriesEnabled = variables.SPRAYPROXY_SERVER_ENABLE_DELIVERIES;
    this.journalSize = variables.SPRAYPROXY_DELIVERIES_JOURNAL_SIZE;
    this.deliveriesMaxAgeMs = variables.SPRAYPROXY_DELIVERIES_MAX_AGE;
    this.expireBackendsAfterMs = variables.SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER ?? undefined;
    this.shutdownDelayMs = variables.SPRAYPROXY_SHUTDOWN_DELAY;
    this.shutdownTimeoutMs = variables.SPRAYPROXY_SHUTDOWN_TIMEOUT;
    this.logLevel = variables.SPRAYPROXY_LOG_LEVEL;
    this.recovery = recoveryConfig(variables, this.proxies);
  }

  /** @throws ConfigurationError that lists every fault. */
  static of(environment: Readonly<Record<string, unknown>>): SprayproxyConfig {
    const { config, faults } = SprayproxyConfig.read(environment);
    if (faults.length > 0) throw new ConfigurationError(faults);
    return config;
  }

  static read(environment: Readonly<Record<string, unknown>>): ReadConfig {
    const { variables, faults, faulty } = readEnvironment(environment);
    return { config: new SprayproxyConfig(variables), faults, faulty };
  }
}

const bothFiles = (certFile: string | undefined, keyFile: string | undefined): TlsFiles | undefined =>
  certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined;
