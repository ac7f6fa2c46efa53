import { Test } from '@nestjs/testing';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { configFor } from '../../test/support/config-for.js';
import { useTempDir } from '../../test/support/temp-dir.js';
import { SprayproxyConfigModule } from './config.module.js';
import { ConfigurationError } from './configuration-error.js';
import { SprayproxyConfig } from './sprayproxy-config.js';
import { documentedVariables } from './variable.decorators.js';

const dir = useTempDir();

const DEFAULTS = {
  serverHost: undefined,
  serverPort: 8080,
  metricsPort: 9090,
  metricsTls: undefined,
  staticBackendUrls: [],
  allowLocalBackends: false,
  skipTlsVerify: false,
  skipWebhookVerify: false,
  secret: 'secret',
  secretFile: undefined,
  readTimeoutMs: 10_000,
  attemptTimeoutMs: 15_000,
  maxPayloadBytes: 26_214_400,
  maxInflightBytes: 134_217_728,
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
    writeFileSync(file, 'another secret');
    const certFile = join(__dirname, '../../test/fixtures/localhost-cert.pem');
    const keyFile = join(__dirname, '../../test/fixtures/localhost-key.pem');
    const config = configFor({
      SPRAYPROXY_SERVER_HOST: '127.0.0.1',
      SPRAYPROXY_SERVER_PORT: '1',
      SPRAYPROXY_SERVER_METRICS_PORT: '2',
      SPRAYPROXY_SERVER_METRICS_CERT: certFile,
      SPRAYPROXY_SERVER_METRICS_KEY: keyFile,
      SPRAYPROXY_SERVER_BACKEND: 'http://a\n https://b/c\n',
      SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: '1',
      SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY: 't',
      SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'T',
      GH_APP_WEBHOOK_SECRET_FILE: file,
      SPRAYPROXY_SERVER_READ_TIMEOUT: '3s',
      SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: '4s',
      SPRAYPROXY_MAX_REQUEST_SIZE: '5',
      SPRAYPROXY_MAX_INFLIGHT_BYTES: '6',
      SPRAYPROXY_SHUTDOWN_DELAY: '7s',
      SPRAYPROXY_SHUTDOWN_TIMEOUT: '8s',
      SPRAYPROXY_LOG_LEVEL: 'debug',
    });
    expect(config).toEqual({
      serverHost: '127.0.0.1',
      serverPort: 1,
      metricsPort: 2,
      metricsTls: { certFile, keyFile },
      staticBackendUrls: ['http://a', 'https://b/c'],
      allowLocalBackends: true,
      skipTlsVerify: true,
      skipWebhookVerify: true,
      secret: 'secret',
      secretFile: file,
      readTimeoutMs: 3000,
      attemptTimeoutMs: 4000,
      maxPayloadBytes: 5,
      maxInflightBytes: 6,
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

describe('SprayproxyConfigModule', () => {
  const inEnvironment = (environment: NodeJS.ProcessEnv) => {
    jest.replaceProperty(process, 'env', environment);
    return SprayproxyConfigModule.forRoot();
  };

  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('gives the configuration of the environment, where empty is unset', async () => {
    const empty = Object.fromEntries([...documentedVariables.keys()].map((name) => [name, '']));
    const secretFile = join(dir.path, 'secrets');
    writeFileSync(secretFile, 'secret');
    const module = await inEnvironment({ ...empty, GH_APP_WEBHOOK_SECRET_FILE: secretFile });
    const app = await Test.createTestingModule({ imports: [module] }).compile();
    expect(app.get(SprayproxyConfig)).toEqual({ ...DEFAULTS, secret: undefined, secretFile });
  });

  it('is not to be had of an environment with faults', async () => {
    const started = inEnvironment({ SPRAYPROXY_SERVER_PORT: 'x' });
    await expect(started).rejects.toThrow(ConfigurationError);
    await expect(started).rejects.toMatchObject({
      faults: [
        expect.stringContaining('SPRAYPROXY_SERVER_PORT'),
        expect.stringContaining('GH_APP_WEBHOOK_SECRET'),
      ],
    });
  });
});
