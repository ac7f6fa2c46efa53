import { Test } from '@nestjs/testing';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CONFIG_SECRET, configFor } from '../../test/support/config-for.js';
import { useTempDir } from '../../test/support/temp-dir.js';
import { thrownBy } from '../../test/support/thrown-by.js';
import { BackendFilter } from '../model/backend-filter.js';
import { SprayproxyConfigModule } from './config.module.js';
import { ConfigurationError } from './configuration-error.js';
import { Proxies } from './proxies.js';
import { SprayproxyConfig } from './sprayproxy-config.js';
import { documentedVariables } from './environment-variables.js';

const dir = useTempDir();

const DEFAULTS = {
  serverHost: undefined,
  serverPort: 8080,
  metricsPort: 9090,
  metricsTls: undefined,
  staticBackendUrls: [],
  staticBackendFilters: new Map(),
  dynamicBackendsEnabled: false,
  allowLocalBackends: false,
  skipTlsVerify: false,
  backendTls: { caFile: undefined, extraCaFile: undefined, client: undefined },
  proxies: Proxies.of({}),
  threadPoolSize: 64,
  skipWebhookVerify: false,
  secret: CONFIG_SECRET,
  secretFile: undefined,
  readTimeoutMs: 10_000,
  attemptTimeoutMs: 15_000,
  maxPayloadBytes: 26_214_400,
  maxInflightBytes: 134_217_728,
  spoolDir: undefined,
  spoolDatabase: undefined,
  allowAsyncCommit: false,
  maxSpoolBytes: 10 * 1024 ** 3,
  ackTimeoutMs: 8000,
  deliveryGuarantee: 'at-least-once',
  minRetryDelayMs: 1000,
  maxRetryDelayMs: 300_000,
  maxForwardAgeMs: 72 * 3_600_000,
  rejectedMaxAgeMs: 24 * 3_600_000,
  maxAttemptsAtOnce: 64,
  drainConcurrency: 32,
  deliveriesEnabled: false,
  journalSize: 10_000,
  deliveriesMaxAgeMs: 72 * 3_600_000,
  expireBackendsAfterMs: undefined,
  shutdownDelayMs: 0,
  shutdownTimeoutMs: 25_000,
  logLevel: 'info',
};

describe('SprayproxyConfig', () => {
  it('has the defaults of its variables', () => {
    expect(configFor()).toEqual(DEFAULTS);
  });

  it('takes every setting from its variable', () => {
    const file = join(dir.path, 'file');
    writeFileSync(file, 'another secret of the tests');
    const certFile = join(__dirname, '../../test/fixtures/localhost-cert.pem');
    const keyFile = join(__dirname, '../../test/fixtures/localhost-key.pem');
    const proxies = { HTTP_PROXY: 'proxy:1', HTTPS_PROXY: 'proxy:2', NO_PROXY: 'a.example.com' };
    const config = configFor({
      SPRAYPROXY_SERVER_HOST: '127.0.0.1',
      SPRAYPROXY_SERVER_PORT: '1',
      SPRAYPROXY_SERVER_METRICS_PORT: '2',
      SPRAYPROXY_SERVER_METRICS_CERT: certFile,
      SPRAYPROXY_SERVER_METRICS_KEY: keyFile,
      SPRAYPROXY_WEBHOOK_HOST: '127.0.0.2',
      SPRAYPROXY_WEBHOOK_PORT: '3',
      SPRAYPROXY_WEBHOOK_CERT: certFile,
      SPRAYPROXY_WEBHOOK_KEY: keyFile,
      SPRAYPROXY_SERVER_BACKEND: 'http://a\n https://b/c events=push\n',
      SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: '1',
      SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: '1',
      SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY: 't',
      SPRAYPROXY_BACKEND_CA_FILE: certFile,
      SPRAYPROXY_BACKEND_CLIENT_CERT: certFile,
      SPRAYPROXY_BACKEND_CLIENT_KEY: keyFile,
      NODE_EXTRA_CA_CERTS: certFile,
      ...proxies,
      UV_THREADPOOL_SIZE: '17',
      SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'T',
      GH_APP_WEBHOOK_SECRET_FILE: file,
      SPRAYPROXY_SERVER_READ_TIMEOUT: '3s',
      SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: '4s',
      SPRAYPROXY_MAX_REQUEST_SIZE: '5',
      SPRAYPROXY_MAX_INFLIGHT_BYTES: '6',
      SPRAYPROXY_SPOOL_URL: 'file:/var/spool',
      SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT: 'true',
      SPRAYPROXY_SPOOL_MAX_BYTES: '9000000',
      SPRAYPROXY_ACK_TIMEOUT: '10s',
      SPRAYPROXY_DELIVERY_GUARANTEE: 'at-most-once',
      SPRAYPROXY_RETRY_MIN_DELAY: '11s',
      SPRAYPROXY_RETRY_MAX_DELAY: '12s',
      SPRAYPROXY_RETRY_MAX_AGE: '13s',
      SPRAYPROXY_REJECTED_MAX_AGE: '18s',
      SPRAYPROXY_FORWARDING_CONCURRENCY: '19',
      SPRAYPROXY_DRAIN_CONCURRENCY: '14',
      SPRAYPROXY_DRAIN_RATE: '21',
      SPRAYPROXY_SERVER_ENABLE_DELIVERIES: 'true',
      SPRAYPROXY_DELIVERIES_JOURNAL_SIZE: '15',
      SPRAYPROXY_DELIVERIES_MAX_AGE: '20h',
      SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER: '16s',
      SPRAYPROXY_SHUTDOWN_DELAY: '7s',
      SPRAYPROXY_SHUTDOWN_TIMEOUT: '8s',
      SPRAYPROXY_LOG_LEVEL: 'debug',
    });
    expect(config).toEqual({
      serverHost: '127.0.0.1',
      serverPort: 1,
      metricsPort: 2,
      metricsTls: { certFile, keyFile },
      webhookListener: { host: '127.0.0.2', port: 3, tls: { certFile, keyFile } },
      staticBackendUrls: ['http://a', 'https://b/c'],
      staticBackendFilters: new Map([['https://b/c', BackendFilter.of({ events: ['push'] })]]),
      dynamicBackendsEnabled: true,
      allowLocalBackends: true,
      skipTlsVerify: true,
      backendTls: { caFile: certFile, extraCaFile: certFile, client: { certFile, keyFile } },
      proxies: Proxies.of(proxies),
      threadPoolSize: 17,
      skipWebhookVerify: true,
      secret: CONFIG_SECRET,
      secretFile: file,
      readTimeoutMs: 3000,
      attemptTimeoutMs: 4000,
      maxPayloadBytes: 5,
      maxInflightBytes: 6,
      spoolDir: '/var/spool',
      spoolDatabase: undefined,
      allowAsyncCommit: true,
      maxSpoolBytes: 9_000_000,
      ackTimeoutMs: 10_000,
      deliveryGuarantee: 'at-most-once',
      minRetryDelayMs: 11_000,
      maxRetryDelayMs: 12_000,
      maxForwardAgeMs: 13_000,
      rejectedMaxAgeMs: 18_000,
      maxAttemptsAtOnce: 19,
      drainConcurrency: 14,
      drainRate: 21,
      deliveriesEnabled: true,
      journalSize: 15,
      deliveriesMaxAgeMs: 20 * 3_600_000,
      expireBackendsAfterMs: 16_000,
      shutdownDelayMs: 7000,
      shutdownTimeoutMs: 8000,
      logLevel: 'debug',
    });
  });

  it.each([
    [99, 100],
    [100, 100],
    [101, 101],
  ])('makes %d bytes in flight %d for payloads of up to 100', (given, maxInflightBytes) => {
    const config = configFor({
      SPRAYPROXY_MAX_REQUEST_SIZE: '100',
      SPRAYPROXY_MAX_INFLIGHT_BYTES: String(given),
    });
    expect(config.maxInflightBytes).toBe(maxInflightBytes);
  });
});

it.each([
  ['off', undefined],
  ['file:/var/spool', '/var/spool'],
  ['file:///var/spool', '/var/spool'],
  ['file:spool', 'spool'],
])('the spool at %s has the directory %s', (url, spoolDir) => {
  expect(configFor({ SPRAYPROXY_SPOOL_URL: url }).spoolDir).toBe(spoolDir);
});

it('the spool at a postgres URL is a database', () => {
  const passwordFile = join(dir.path, 'password');
  writeFileSync(passwordFile, 'known to tests only');
  const url = 'postgresql://me@db/spray?sslmode=verify-full';
  const config = configFor({
    SPRAYPROXY_SPOOL_URL: url,
    SPRAYPROXY_SPOOL_PASSWORD_FILE: passwordFile,
    PGPASSWORD: 'another',
  });
  expect(config.spoolDir).toBeUndefined();
  expect(config.spoolDatabase).toEqual({ url, passwordFile, password: 'another' });
});

describe('the configuration of an environment', () => {
  it('takes what is empty for unset', () => {
    const empty = Object.fromEntries([...documentedVariables.keys()].map((name) => [name, '']));
    const secretFile = join(dir.path, 'secrets');
    writeFileSync(secretFile, CONFIG_SECRET);
    const config = SprayproxyConfig.of({ ...empty, GH_APP_WEBHOOK_SECRET_FILE: secretFile });
    expect(config).toEqual({ ...DEFAULTS, secret: undefined, secretFile });
  });

  it('leaves the environment of the process as it is', async () => {
    const before = { ...process.env };
    const config = configFor({ SPRAYPROXY_SERVER_PORT: '0' });
    const module = await SprayproxyConfigModule.of(config);
    const app = await Test.createTestingModule({ imports: [module] }).compile();
    expect(app.get(SprayproxyConfig)).toBe(config);
    expect(process.env).toEqual(before);
  });

  it('is not to be had where there are faults', () => {
    const error = thrownBy(() => SprayproxyConfig.of({ SPRAYPROXY_SERVER_PORT: 'x' }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({
      faults: [
        expect.stringContaining('SPRAYPROXY_SERVER_PORT'),
        expect.stringContaining('GH_APP_WEBHOOK_SECRET'),
      ],
    });
  });
});
