import { Inject, Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { type DeliveryGuarantee } from '../spool/forward.js';
import { type EnvironmentVariables } from './environment-variables.js';
import { spoolDirectory, splitBackendUrls } from './variable.decorators.js';

/** Gives each variable's value; of a ConfigService, or of variables that were read apart from the process' environment. */
export interface VariableSource {
  get<Name extends keyof EnvironmentVariables>(
    name: Name,
    options: { infer: true },
  ): EnvironmentVariables[Name];
}

/** The configuration in the program's own words. Read once at the start, the same for the whole run. */
@Injectable()
export class SprayproxyConfig {
  readonly serverHost: string | undefined;
  readonly serverPort: number;
  readonly metricsPort: number;
  /** Both files, or neither. */
  readonly metricsTls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly staticBackendUrls: readonly string[];
  readonly dynamicBackendsEnabled: boolean;
  readonly allowLocalBackends: boolean;
  readonly skipTlsVerify: boolean;
  readonly skipWebhookVerify: boolean;
  readonly secret: string | undefined;
  readonly secretFile: string | undefined;
  readonly readTimeoutMs: number;
  readonly attemptTimeoutMs: number;
  readonly maxPayloadBytes: number;
  readonly maxInflightBytes: number;
  /** Directory of the spool; `undefined`: there is none. */
  readonly spoolDir: string | undefined;
  readonly maxSpoolBytes: number;
  readonly ackTimeoutMs: number;
  readonly deliveryGuarantee: DeliveryGuarantee;
  readonly minRetryDelayMs: number;
  readonly maxRetryDelayMs: number;
  readonly maxForwardAgeMs: number;
  readonly drainConcurrency: number;
  readonly deliveriesEnabled: boolean;
  readonly journalSize: number;
  /** `undefined`: never. */
  readonly expireBackendsAfterMs: number | undefined;
  readonly shutdownDelayMs: number;
  readonly shutdownTimeoutMs: number;
  readonly logLevel: string;

  constructor(@Inject(ConfigService) environment: VariableSource) {
    const get = <Name extends keyof EnvironmentVariables>(name: Name): EnvironmentVariables[Name] =>
      environment.get(name, { infer: true });
    const certFile = get('SPRAYPROXY_SERVER_METRICS_CERT');
    const keyFile = get('SPRAYPROXY_SERVER_METRICS_KEY');

    this.serverHost = get('SPRAYPROXY_SERVER_HOST');
    this.serverPort = get('SPRAYPROXY_SERVER_PORT');
    this.metricsPort = get('SPRAYPROXY_SERVER_METRICS_PORT');
    this.metricsTls = certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : undefined;
    this.staticBackendUrls = splitBackendUrls(get('SPRAYPROXY_SERVER_BACKEND') ?? '');
    this.dynamicBackendsEnabled = get('SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS');
    this.allowLocalBackends = get('SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL');
    this.skipTlsVerify = get('SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY');
    this.skipWebhookVerify = get('SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY');
    this.secret = get('GH_APP_WEBHOOK_SECRET');
    this.secretFile = get('GH_APP_WEBHOOK_SECRET_FILE');
    this.readTimeoutMs = get('SPRAYPROXY_SERVER_READ_TIMEOUT');
    this.attemptTimeoutMs = get('SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT');
    this.maxPayloadBytes = get('SPRAYPROXY_MAX_REQUEST_SIZE');
    // A payload at the cap must find room, or it never would.
    this.maxInflightBytes = Math.max(get('SPRAYPROXY_MAX_INFLIGHT_BYTES'), this.maxPayloadBytes);
    this.spoolDir = spoolDirectory(get('SPRAYPROXY_SPOOL_URL'));
    this.maxSpoolBytes = get('SPRAYPROXY_SPOOL_MAX_BYTES');
    this.ackTimeoutMs = get('SPRAYPROXY_ACK_TIMEOUT');
    this.deliveryGuarantee = get('SPRAYPROXY_DELIVERY_GUARANTEE');
    this.minRetryDelayMs = get('SPRAYPROXY_RETRY_MIN_DELAY');
    this.maxRetryDelayMs = get('SPRAYPROXY_RETRY_MAX_DELAY');
    this.maxForwardAgeMs = get('SPRAYPROXY_RETRY_MAX_AGE');
    this.drainConcurrency = get('SPRAYPROXY_DRAIN_CONCURRENCY');
    this.deliveriesEnabled = get('SPRAYPROXY_SERVER_ENABLE_DELIVERIES');
    this.journalSize = get('SPRAYPROXY_DELIVERIES_JOURNAL_SIZE');
    this.expireBackendsAfterMs = get('SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER') ?? undefined;
    this.shutdownDelayMs = get('SPRAYPROXY_SHUTDOWN_DELAY');
    this.shutdownTimeoutMs = get('SPRAYPROXY_SHUTDOWN_TIMEOUT');
    this.logLevel = get('SPRAYPROXY_LOG_LEVEL');
  }

  /** Of these variables alone: a ConfigService asks the process for what is unset, be it because it cannot be used. */
  static of(variables: EnvironmentVariables): SprayproxyConfig {
    return new SprayproxyConfig({ get: (name) => variables[name] });
  }
}
