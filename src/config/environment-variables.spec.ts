import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { useTempDir } from '../../test/support/temp-dir.js';
import { thrownBy } from '../../test/support/thrown-by.js';
import { ConfigurationError } from './configuration-error.js';
import { documentedVariables, type EnvironmentVariables } from './environment-variables.js';
import { readEnvironment } from './read-environment.js';
import { LOG_LEVELS } from './variables/lifecycle.js';

const SECRET = { GH_APP_WEBHOOK_SECRET: 'a secret of the tests' };
const FIXTURES = join(__dirname, '../../test/fixtures');
const dir = useTempDir();

function validateEnvironment(environment: Readonly<Record<string, string>>): EnvironmentVariables {
  const { variables, faults } = readEnvironment(environment);
  if (faults.length > 0) throw new ConfigurationError(faults);
  return variables;
}

function faultsOf(environment: Record<string, string>): readonly string[] {
  const error = thrownBy(() => validateEnvironment(environment));
  if (error === undefined || error instanceof ConfigurationError) return error?.faults ?? [];
  throw error as Error;
}

const BOOLEANS = [
  'SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS',
  'SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL',
  'SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY',
  'SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY',
  'SPRAYPROXY_SERVER_ENABLE_DELIVERIES',
  'SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT',
];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DURATIONS: [name: string, minMs: number, maxMs: number][] = [
  ['SPRAYPROXY_SERVER_READ_TIMEOUT', 1, HOUR_MS],
  ['SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT', 1, HOUR_MS],
  ['SPRAYPROXY_ACK_TIMEOUT', 1, HOUR_MS],
  ['SPRAYPROXY_RETRY_MIN_DELAY', 1, DAY_MS],
  ['SPRAYPROXY_RETRY_MAX_DELAY', 1, DAY_MS],
  ['SPRAYPROXY_RETRY_MAX_AGE', 1, 365 * DAY_MS],
  ['SPRAYPROXY_REJECTED_MAX_AGE', 1, 365 * DAY_MS],
  ['SPRAYPROXY_DELIVERIES_MAX_AGE', HOUR_MS, 30 * DAY_MS],
  ['SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER', 1, 365 * DAY_MS],
  ['SPRAYPROXY_SHUTDOWN_DELAY', 0, HOUR_MS],
  ['SPRAYPROXY_RECOVERY_INTERVAL', 100, DAY_MS],
  ['SPRAYPROXY_RECOVERY_MAX_AGE', 1, 3 * DAY_MS],
  ['SPRAYPROXY_SHUTDOWN_TIMEOUT', 0, HOUR_MS],
];
/** No delay is then too long or too short for the other. */
const ANY_DELAY = { SPRAYPROXY_RETRY_MIN_DELAY: '1ms', SPRAYPROXY_RETRY_MAX_DELAY: '24h' };
const WHOLE_NUMBERS: [name: string, min: number, max: number][] = [
  ['SPRAYPROXY_SERVER_PORT', 0, 65_535],
  ['SPRAYPROXY_SERVER_METRICS_PORT', 0, 65_535],
  ['SPRAYPROXY_WEBHOOK_PORT', 0, 65_535],
  ['SPRAYPROXY_FORWARDING_CONCURRENCY', 1, 10_000],
  ['UV_THREADPOOL_SIZE', 1, 1024],
  ['SPRAYPROXY_RECOVERY_MAX_ATTEMPTS', 1, 100],
  ['SPRAYPROXY_RECOVERY_RATE', 1, 6000],
  ['SPRAYPROXY_MAX_REQUEST_SIZE', 1, 1_073_741_824],
  ['SPRAYPROXY_MAX_INFLIGHT_BYTES', 1, 68_719_476_736],
  ['SPRAYPROXY_SPOOL_MAX_BYTES', 1_048_576, 1_125_899_906_842_624],
  ['SPRAYPROXY_DRAIN_CONCURRENCY', 1, 1000],
  ['SPRAYPROXY_DRAIN_RATE', 1, 10_000],
  ['SPRAYPROXY_DELIVERIES_JOURNAL_SIZE', 0, 1_000_000],
];
const FILES = [
  'SPRAYPROXY_SERVER_METRICS_CERT',
  'SPRAYPROXY_SERVER_METRICS_KEY',
  'SPRAYPROXY_WEBHOOK_CERT',
  'SPRAYPROXY_WEBHOOK_KEY',
  'SPRAYPROXY_BACKEND_CLIENT_CERT',
  'SPRAYPROXY_BACKEND_CLIENT_KEY',
  'GH_APP_WEBHOOK_SECRET_FILE',
];
const AUTHORITIES = ['SPRAYPROXY_BACKEND_CA_FILE', 'NODE_EXTRA_CA_CERTS'];
const PROXIES = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'];
/** Any word is good for them; for a proxy it is a host. */
const FREE_TEXT = [
  'SPRAYPROXY_SERVER_HOST',
  'SPRAYPROXY_WEBHOOK_HOST',
  'NO_PROXY',
  'no_proxy',
  'REQUEST_METHOD',
  'PGPASSWORD',
  'PGPASSFILE',
  ...PROXIES,
];

describe('defaults', () => {
  const defaults = {
    SPRAYPROXY_SERVER_PORT: 8080,
    SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: false,
    SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL: false,
    SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY: false,
    SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: false,
    SPRAYPROXY_SERVER_READ_TIMEOUT: 10_000,
    SPRAYPROXY_SERVER_METRICS_PORT: 9090,
    SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT: 15_000,
    SPRAYPROXY_FORWARDING_CONCURRENCY: 64,
    UV_THREADPOOL_SIZE: 64,
    SPRAYPROXY_MAX_REQUEST_SIZE: 26_214_400,
    SPRAYPROXY_MAX_INFLIGHT_BYTES: 134_217_728,
    SPRAYPROXY_SPOOL_URL: 'off',
    SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT: false,
    SPRAYPROXY_SPOOL_MAX_BYTES: 10_737_418_240,
    SPRAYPROXY_ACK_TIMEOUT: 8000,
    SPRAYPROXY_DELIVERY_GUARANTEE: 'at-least-once',
    SPRAYPROXY_RETRY_MIN_DELAY: 1000,
    SPRAYPROXY_RETRY_MAX_DELAY: 300_000,
    SPRAYPROXY_RETRY_MAX_AGE: 259_200_000,
    SPRAYPROXY_REJECTED_MAX_AGE: 86_400_000,
    SPRAYPROXY_DRAIN_CONCURRENCY: 32,
    SPRAYPROXY_DRAIN_RATE: null,
    SPRAYPROXY_SERVER_ENABLE_DELIVERIES: false,
    SPRAYPROXY_DELIVERIES_JOURNAL_SIZE: 10_000,
    SPRAYPROXY_DELIVERIES_MAX_AGE: 259_200_000,
    SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER: null,
    SPRAYPROXY_SHUTDOWN_DELAY: 0,
    SPRAYPROXY_SHUTDOWN_TIMEOUT: 25_000,
    SPRAYPROXY_LOG_LEVEL: 'info',
    SPRAYPROXY_GITHUB_API_URL: 'https://api.github.com',
    SPRAYPROXY_RECOVERY_INTERVAL: 120_000,
    SPRAYPROXY_RECOVERY_MAX_AGE: 259_200_000,
    SPRAYPROXY_RECOVERY_MAX_ATTEMPTS: 3,
    SPRAYPROXY_RECOVERY_RATE: 60,
  };

  it('stand for what is unset', () => {
    expect(validateEnvironment(SECRET)).toEqual({ ...defaults, ...SECRET });
  });

  it('stand for what is empty', () => {
    const empty = Object.fromEntries([...documentedVariables.keys()].map((name) => [name, '']));
    expect(validateEnvironment({ ...empty, ...SECRET })).toEqual({ ...defaults, ...SECRET });
  });
});

describe('a sound environment', () => {
  it.each(BOOLEANS)('reads %s as Go does', (name) => {
    expect(validateEnvironment({ ...SECRET, [name]: 'T' })).toHaveProperty(name, true);
    expect(validateEnvironment({ ...SECRET, [name]: 'False' })).toHaveProperty(name, false);
  });

  it.each(DURATIONS)('reads %s in ms, from %d to %d', (name, minMs, maxMs) => {
    const read = (text: string) => validateEnvironment({ ...SECRET, ...ANY_DELAY, [name]: text });
    expect(read(`${minMs}ms`)).toHaveProperty(name, minMs);
    expect(read(`${minMs + 1}ms`)).toHaveProperty(name, minMs + 1);
    expect(read('59m60s')).toHaveProperty(name, HOUR_MS);
    expect(read(`${maxMs - 1}ms`)).toHaveProperty(name, maxMs - 1);
    expect(read(`${maxMs / HOUR_MS}h`)).toHaveProperty(name, maxMs);
  });

  it.each(['SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER', 'SPRAYPROXY_DRAIN_RATE'])('reads %s=off', (name) => {
    expect(validateEnvironment({ ...SECRET, [name]: 'off' })).toHaveProperty(name, null);
  });

  it.each(WHOLE_NUMBERS)('reads %s from %d to %d', (name, min, max) => {
    for (const value of [min, min + 1, max - 1, max]) {
      expect(validateEnvironment({ ...SECRET, [name]: String(value) })).toHaveProperty(name, value);
    }
  });

  it.each(['at-least-once', 'at-most-once'])('knows the guarantee %s', (guarantee) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_DELIVERY_GUARANTEE: guarantee })).toEqual([]);
  });

  it.each(['off', 'file:/var/spool', 'file:///var/spool', 'file:spool', 'file:./a b', 'file:/'])(
    'takes the spool at %j',
    (url) => {
      expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_URL: url })).toEqual([]);
    },
  );

  it.each([
    'postgres://me@db/spray',
    'postgresql://me:secret@db:6432/spray?sslmode=verify-full',
    'postgres://me@/spray?host=/run/postgresql',
    `postgres://me@db/spray?sslrootcert=${join(FIXTURES, 'localhost-cert.pem')}`,
  ])('takes the spool at %j', (url) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_URL: url })).toEqual([]);
  });

  it.each(LOG_LEVELS)('knows the log level %s', (level) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_LOG_LEVEL: level })).toEqual([]);
  });

  it.each(['\n', ' http://a\thttps://b:8443/base?q=1\n\nhttp://c\n'])('takes the backends %j', (urls) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SERVER_BACKEND: urls })).toEqual([]);
  });

  it.each([
    ...['127.0.0.1', '0.0.0.0', '::', '::1', 'localhost', 'a_b.example.com', 'fe80::1%eth0'].map((host) => [
      host,
      host,
    ]),
    ['[::1]', '::1'],
    ['[::]', '::'],
  ])('takes the host %j for %j', (given, host) => {
    expect(validateEnvironment({ ...SECRET, SPRAYPROXY_SERVER_HOST: given })).toHaveProperty(
      'SPRAYPROXY_SERVER_HOST',
      host,
    );
  });

  it.each(AUTHORITIES)('takes the certificates of %s', (name) => {
    expect(faultsOf({ ...SECRET, [name]: join(FIXTURES, 'localhost-cert.pem') })).toEqual([]);
  });

  it.each(
    PROXIES.flatMap((name) =>
      ['proxy', 'proxy:3128', 'https://user:pass%40word@proxy'].map((value) => [name, value] as const),
    ),
  )('takes %s=%j', (name, value) => {
    expect(faultsOf({ ...SECRET, [name]: value })).toEqual([]);
  });

  it('leaves names alone that it does not know', () => {
    const foreign = { SPRAYPROXY_SERVER_URL: 'not a URL', SPRAYPROXY_SERVER_TOKEN: 'token', HOME: '/' };
    expect(validateEnvironment({ ...SECRET, ...foreign })).toEqual(validateEnvironment(SECRET));
  });
});

describe('a fault', () => {
  it.each(
    BOOLEANS.flatMap((name) =>
      ['yes', ' true', 'true\n', '2', 'tRUE'].map((value) => [name, value] as const),
    ),
  )('is %s=%j', (name, value) => {
    expect(faultsOf({ ...SECRET, [name]: value })).toEqual([
      `${name} must be one of 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False`,
    ]);
  });

  it.each(
    DURATIONS.flatMap(([name]) =>
      [
        ...['10', '-1s', '-0s', '1m 30s', '1_000s', '1,5s', '1e9h', '0x10s', '5S', '1d', '\uff15s', 'NaN'],
        ...['soon', 'OFF', `${'9'.repeat(400)}h`],
      ].map((value) => [name, value] as const),
    ),
  )('is %s=%j', (name, value) => {
    expect(faultsOf({ ...SECRET, [name]: value })).toEqual([
      `${name} must be a duration such as 500ms, 10s or 1m30s`,
    ]);
  });

  it.each(DURATIONS)('is %s outside %d to %d ms', (name, minMs, maxMs) => {
    const faults = (text: string) => faultsOf({ ...SECRET, ...ANY_DELAY, [name]: text });
    expect(faults(`${maxMs + 1}ms`)).toEqual([`${name} must be at most ${maxMs}ms`]);
    expect(faults('0s')).toEqual(minMs === 0 ? [] : [`${name} must be at least ${minMs}ms`]);
  });

  it.each(
    DURATIONS.map(([name]) => name).filter((name) => name !== 'SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER'),
  )('is %s=off', (name) => {
    expect(faultsOf({ ...SECRET, [name]: 'off' })).toEqual([
      `${name} must be a duration such as 500ms, 10s or 1m30s`,
    ]);
  });

  it.each(
    WHOLE_NUMBERS.flatMap(([name, min, max]) =>
      [
        ...['abc', '-1', '-0', '+1', '1.5', '1.0', '1e3', '0x10', '0b1', ' 1', '1\n', '1k', '1_000', '1,000'],
        ...['10Mi', '10MB', '\u0661', 'NaN', 'Infinity', '9'.repeat(400)],
      ].map((value) => [name, value, min, max] as const),
    ),
  )('is %s=%j', (name, value, min, max) => {
    expect(faultsOf({ ...SECRET, [name]: value })).toEqual([
      `${name} must be a whole number from ${min} to ${max}`,
    ]);
  });

  it.each(WHOLE_NUMBERS)('is %s outside %d to %d', (name, min, max) => {
    // Beyond 2^53, not every whole number is a number.
    for (const text of [String(max + 1), '18446744073709551617', '9'.repeat(300)]) {
      expect(faultsOf({ ...SECRET, [name]: text })).toEqual([`${name} must be at most ${max}`]);
    }
    if (min === 0) return;
    expect(faultsOf({ ...SECRET, [name]: String(min - 1) })).toEqual([`${name} must be at least ${min}`]);
  });

  it.each([
    'on',
    'OFF',
    ' off',
    '/var/spool',
    'file:',
    'file://',
    'file://host/var/spool',
    'file:////var/spool',
    'file:/var/spool\n',
    ' file:/var/spool',
    'FILE:/var/spool',
    'nats://host:4222',
    'https://host/spool',
    'lmdb:/var/spool',
  ])('is SPRAYPROXY_SPOOL_URL=%j', (url) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_URL: url })).toEqual([
      'SPRAYPROXY_SPOOL_URL must be off, file: and a directory, as in file:/var/lib/sprayproxy, or a URL as postgres://user@host/database',
    ]);
  });

  it.each([
    ...[
      'file:~/spool',
      'file:~',
      'file:$HOME/spool',
      'file:${HOME}/spool',
      'file:$(SPOOL)',
      'file:/my%20spool',
    ],
    ...[
      'file:/spool ',
      'file: /spool',
      'file:"/spool"',
      "file:'/spool'",
      'file:/spool?mode=rw',
      'file:/spool#1',
    ],
    ...['file:/spool\t', 'file:C:\\spool'],
  ])('is SPRAYPROXY_SPOOL_URL=%j', (url) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_URL: url })).toEqual([
      'SPRAYPROXY_SPOOL_URL must name its directory as it is: nothing replaces ~, $NAME, quotes, white space around it or what a URL may hold',
    ]);
  });

  it.each([
    ['postgres://me:hunter2@db', 'name one database, as in postgres://user@host/database'],
    [
      'postgres://me:hunter2@db/spray?sslmode=on',
      'have one of these as its sslmode: disable, prefer, require, verify-ca, verify-full',
    ],
    [
      `postgres://me:hunter2@db/spray?sslrootcert=${join(FIXTURES, 'hunter2.pem')}`,
      'name files that this process can read as its sslrootcert, sslcert and sslkey',
    ],
  ])('is SPRAYPROXY_SPOOL_URL=%j', (url, fault) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_URL: url })).toEqual([
      `SPRAYPROXY_SPOOL_URL must ${fault}`,
    ]);
  });

  it.each([
    ...[
      '0.0.0.0:8080',
      'localhost:8080',
      ':8080',
      '[::1]:8080',
      '[::1',
      '[127.0.0.1]',
      'http://127.0.0.1',
      '//host',
    ],
    ...[
      '127.0.0.1/8',
      ' 127.0.0.1',
      '127.0.0.1\n',
      '127.1',
      '0x7f000001',
      '256.0.0.1',
      '*',
      '"::1"',
      '$(POD_IP)',
      'a,b',
    ],
  ])('is SPRAYPROXY_SERVER_HOST=%j', (host) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SERVER_HOST: host })).toEqual([
      'SPRAYPROXY_SERVER_HOST must be an IP address or a host name, without scheme, port or path, as in 127.0.0.1 or ::1',
    ]);
  });

  it('is a port that Kubernetes made of a Service', () => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SERVER_PORT: 'tcp://10.0.0.1:8080' })).toEqual([
      'SPRAYPROXY_SERVER_PORT must be a whole number from 0 to 65535; set it, or enableServiceLinks: false in the pod',
    ]);
  });

  it.each([
    ['', '', 'http://127.0.0.1:8080', true],
    ['', '', 'http://pac http://localhost:8080/base', true],
    ['', '', 'http://localhost.:8080', true],
    ['', '', 'http://0.0.0.0:8080', true],
    ['', '', 'http://[::ffff:127.0.0.1]:8080', true],
    ['', '', `http://${hostname()}:8080`, true],
    ['', '', 'http://127.0.0.1:8081', false],
    ['', '', 'http://pac:8080', false],
    ['', '', 'http://localhost:9090', true],
    ['', '', 'https://127.0.0.1:9090/metrics', true],
    ['127.0.0.1', '', 'http://127.0.0.2:9090', false],
    ['', '9000', 'https://127.9.9.9:9000', true],
    ['127.0.0.1', '', 'http://localhost:8080', true],
    ['127.0.0.1', '', 'http://127.0.0.2:8080', false],
    ['localhost', '', 'http://127.0.0.1:8080', true],
    ['[::1]', '', 'http://[::1]:8080', true],
    ['[::1]', '', 'http://127.0.0.1:8080', false],
    ['', '0', 'http://127.0.0.1:8080', false],
  ])('with a listener on %j, port %j, is the backend %j: %j', (host, port, urls, is) => {
    const environment = {
      SPRAYPROXY_SERVER_HOST: host,
      SPRAYPROXY_SERVER_PORT: port,
      SPRAYPROXY_SERVER_BACKEND: urls,
    };
    expect(faultsOf({ ...SECRET, ...environment })).toEqual(
      is
        ? [expect.stringMatching(/^SPRAYPROXY_SERVER_BACKEND must not hold an address of this program/)]
        : [],
    );
  });

  it.each([
    ...PROXIES.flatMap((name) => [
      [name, 'http://127.0.0.1:8080', true] as const,
      [name, 'localhost:9090', true] as const,
      [name, 'https://user:password@[::1]:8080', true] as const,
      [name, 'localhost:3128', false] as const,
      [name, 'http://proxy.example:8080', false] as const,
    ]),
  ])('with %s=%j, is that this program: %j', (name, url, is) => {
    expect(faultsOf({ ...SECRET, [name]: url })).toEqual(
      is ? [`${name} must not hold an address of this program itself`] : [],
    );
  });

  it.each(['exactly-once', 'AT-LEAST-ONCE', ' at-least-once', 'at least once'])(
    'is SPRAYPROXY_DELIVERY_GUARANTEE=%j',
    (guarantee) => {
      expect(faultsOf({ ...SECRET, SPRAYPROXY_DELIVERY_GUARANTEE: guarantee })).toEqual([
        'SPRAYPROXY_DELIVERY_GUARANTEE must be one of at-least-once, at-most-once',
      ]);
    },
  );

  it.each([
    ['verbose', LOG_LEVELS],
    ['INFO', LOG_LEVELS],
    [' info', LOG_LEVELS],
  ])('is SPRAYPROXY_LOG_LEVEL=%j', (level, levels) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_LOG_LEVEL: level })).toEqual([
      `SPRAYPROXY_LOG_LEVEL must be one of ${levels.join(', ')}`,
    ]);
  });

  it.each([
    ['backend', 'URL 1: url is not a valid URL'],
    ['http://a\nftp://b http://c', 'URL 2: url must begin with http:// or https://'],
    ['http://a http://b http://user:pass@c', 'URL 3: url must not contain credentials'],
    ['http://a,http://b', 'URL 1: url must not contain a comma'],
    ['http://a http://b events=', 'URL 2: events must not be empty'],
  ])('is SPRAYPROXY_SERVER_BACKEND=%j', (urls, fault) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SERVER_BACKEND: urls })).toEqual([
      `SPRAYPROXY_SERVER_BACKEND must hold backend URLs; ${fault}`,
    ]);
  });

  it.each([
    ['one', 'hold secrets of at least 16 characters'],
    [' ', 'hold a secret'],
    ['"a secret of the tests"', 'hold the secret without quotes around it'],
    [
      'the first of the secrets\nthe second of them',
      'hold one secret; GH_APP_WEBHOOK_SECRET_FILE takes several',
    ],
    [__filename, 'hold the secret itself; GH_APP_WEBHOOK_SECRET_FILE names a file'],
  ])('is GH_APP_WEBHOOK_SECRET=%j', (secret, fault) => {
    expect(faultsOf({ GH_APP_WEBHOOK_SECRET: secret })).toEqual([`GH_APP_WEBHOOK_SECRET must ${fault}`]);
  });

  it.each(FILES)('is %s where nothing is, or a directory', (name) => {
    const fault = `${name} must name a file that this process can read`;
    mkdirSync(join(dir.path, 'directory'));
    expect(faultsOf({ ...SECRET, [name]: join(dir.path, 'missing') })).toContain(fault);
    expect(faultsOf({ ...SECRET, [name]: join(dir.path, 'directory') })).toContain(fault);
  });

  it.each(['', '\nsecond line'])('is SPRAYPROXY_SPOOL_PASSWORD_FILE with %j', (content) => {
    const fault =
      'SPRAYPROXY_SPOOL_PASSWORD_FILE must name a file that this process can read, with the password in its first line';
    const file = join(dir.path, 'password');
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_PASSWORD_FILE: file })).toEqual([fault]);
    writeFileSync(file, content);
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_PASSWORD_FILE: file })).toEqual([fault]);
  });

  it.each(AUTHORITIES)('is %s where nothing is, a directory, or no certificate', (name) => {
    const fault = `${name} must name a file with PEM certificates that this process can read`;
    mkdirSync(join(dir.path, 'directory'));
    for (const path of [
      join(dir.path, 'missing'),
      join(dir.path, 'directory'),
      join(FIXTURES, 'README.md'),
    ]) {
      expect(faultsOf({ ...SECRET, [name]: path })).toEqual([fault]);
    }
  });

  it.each(
    PROXIES.flatMap((name) =>
      ['socks5://proxy:1080', 'http://', 'proxy with spaces', 'http://%zz@proxy'].map(
        (value) => [name, value] as const,
      ),
    ),
  )('is %s=%j', (name, value) => {
    expect(faultsOf({ ...SECRET, [name]: value })).toEqual([
      `${name} must be the URL of a proxy, http:// or https://, or host:port`,
    ]);
  });

  it('is never alone in being told, and never told with a value', () => {
    const names = [...documentedVariables.keys()].filter((name) => !FREE_TEXT.includes(name));
    const faults = faultsOf(Object.fromEntries(names.map((name) => [name, 'hunter2'])));
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(names);
    expect(faults.join('\n')).not.toContain('hunter2');
  });
});

describe('between variables', () => {
  const NO_SECRET =
    'GH_APP_WEBHOOK_SECRET or GH_APP_WEBHOOK_SECRET_FILE must be set, unless SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY is true';
  const NOTHING_IN_FILE = 'GH_APP_WEBHOOK_SECRET_FILE must hold a secret';
  const DELAYS = 'SPRAYPROXY_RETRY_MIN_DELAY must not be longer than SPRAYPROXY_RETRY_MAX_DELAY';
  const SAME_PORT = 'SPRAYPROXY_SERVER_PORT and SPRAYPROXY_SERVER_METRICS_PORT must differ';

  it.each([
    ['no secret', {}, [NO_SECRET]],
    ['an empty secret', { GH_APP_WEBHOOK_SECRET: '' }, [NO_SECRET]],
    ['no secret, and verification on', { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: '0' }, [NO_SECRET]],
    ['no secret, and verification off', { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: '1' }, []],
    [
      'no secret, and verification badly spelt',
      { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'yes' },
      [expect.stringMatching(/^SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY must be one of/)],
    ],
    ['the default ports swapped', { ...SECRET, SPRAYPROXY_SERVER_PORT: '9090' }, [SAME_PORT]],
    [
      'both ports free ones',
      { ...SECRET, SPRAYPROXY_SERVER_PORT: '0', SPRAYPROXY_SERVER_METRICS_PORT: '0' },
      [],
    ],
    [
      'one port as bad as the other',
      { ...SECRET, SPRAYPROXY_SERVER_PORT: 'x', SPRAYPROXY_SERVER_METRICS_PORT: 'x' },
      [
        'SPRAYPROXY_SERVER_PORT must be a whole number from 0 to 65535',
        'SPRAYPROXY_SERVER_METRICS_PORT must be a whole number from 0 to 65535',
      ],
    ],
    ...(['SPRAYPROXY_SERVER_PORT', 'SPRAYPROXY_SERVER_METRICS_PORT'] as const).map(
      (name): [string, Record<string, string>, string[]] => [
        `webhooks alone at the port of ${name}`,
        { ...SECRET, [name]: '8444', SPRAYPROXY_WEBHOOK_PORT: '8444' },
        [`${name} and SPRAYPROXY_WEBHOOK_PORT must differ`],
      ],
    ),
    [
      'webhooks alone at the same port of another address',
      {
        ...SECRET,
        SPRAYPROXY_SERVER_HOST: '127.0.0.1',
        SPRAYPROXY_WEBHOOK_HOST: '127.0.0.2',
        SPRAYPROXY_WEBHOOK_PORT: '8080',
      },
      [],
    ],
    [
      'no port where webhooks alone are to come in',
      { ...SECRET, SPRAYPROXY_WEBHOOK_HOST: '127.0.0.1' },
      ['SPRAYPROXY_WEBHOOK_PORT must be set where SPRAYPROXY_WEBHOOK_HOST is'],
    ],
  ])('%s', (_what, environment: Record<string, string>, faults) => {
    expect(faultsOf(environment)).toEqual(faults);
  });

  it.each([
    ['1s', '999ms', [DELAYS]],
    ['1s', '1s', []],
    ['1s', '1001ms', []],
    ['5m1ms', '', [DELAYS]],
    ['', '999ms', [DELAYS]],
    ['x', '999ms', ['SPRAYPROXY_RETRY_MIN_DELAY must be a duration such as 500ms, 10s or 1m30s']],
    ['10m', 'x', ['SPRAYPROXY_RETRY_MAX_DELAY must be a duration such as 500ms, 10s or 1m30s']],
  ])('a shortest delay of %j and a longest of %j', (min, max, faults) => {
    const delays = { SPRAYPROXY_RETRY_MIN_DELAY: min, SPRAYPROXY_RETRY_MAX_DELAY: max };
    expect(faultsOf({ ...SECRET, ...delays })).toEqual(faults);
  });

  it.each([
    ['an empty file', '', [NOTHING_IN_FILE]],
    ['empty lines only', '\n\r\n\n', [NOTHING_IN_FILE]],
    ['a secret', 'the first of the secrets', []],
    ['two secrets', 'the first of the secrets\nthe second of them\n', []],
    ['a short secret', 'one', ['GH_APP_WEBHOOK_SECRET_FILE must hold secrets of at least 16 characters']],
    [
      'a page',
      '<html><body>Sign in</body></html>',
      ['GH_APP_WEBHOOK_SECRET_FILE must hold a secret, not an HTML page'],
    ],
  ])('a secret file with %s', (_what, content, faults) => {
    const file = join(dir.path, 'secrets');
    writeFileSync(file, content);
    expect(faultsOf({ GH_APP_WEBHOOK_SECRET_FILE: file })).toEqual(faults);
    expect(faultsOf({ ...SECRET, GH_APP_WEBHOOK_SECRET_FILE: file })).toEqual(faults);
  });

  it.each([
    ['postgres://me:own@db/spray', true],
    ['postgres://me@db/spray?password=own', true],
    ['postgres://me@db/spray', false],
    ['file:/var/spool', false],
  ])('a password file beside %s', (url, isFault) => {
    const file = join(dir.path, 'password');
    writeFileSync(file, 'known to tests only');
    const environment = { SPRAYPROXY_SPOOL_URL: url, SPRAYPROXY_SPOOL_PASSWORD_FILE: file };
    expect(faultsOf({ ...SECRET, ...environment })).toEqual(
      isFault
        ? ['SPRAYPROXY_SPOOL_URL must hold no password where SPRAYPROXY_SPOOL_PASSWORD_FILE gives it']
        : [],
    );
  });

  const CERT = 'localhost-cert.pem';
  const KEY = 'localhost-key.pem';

  describe.each([
    ['SPRAYPROXY_SERVER_METRICS_CERT', 'SPRAYPROXY_SERVER_METRICS_KEY'],
    ['SPRAYPROXY_WEBHOOK_CERT', 'SPRAYPROXY_WEBHOOK_KEY'],
    ['SPRAYPROXY_BACKEND_CLIENT_CERT', 'SPRAYPROXY_BACKEND_CLIENT_KEY'],
  ])('%s and %s', (certName, keyName) => {
    const OTHERS = { ...SECRET, SPRAYPROXY_WEBHOOK_PORT: '8444' };
    const NO_PAIR = `${certName} and ${keyName} must hold a PEM certificate, its own first, and its key without a passphrase`;

    it.each([
      [certName, CERT],
      [keyName, KEY],
    ])('%s alone', (name, file) => {
      expect(faultsOf({ ...OTHERS, [name]: join(FIXTURES, file) })).toEqual([
        `${certName} and ${keyName} must be set together`,
      ]);
    });

    it.each([
      [CERT, KEY, []],
      [KEY, CERT, [NO_PAIR]],
      [CERT, CERT, [NO_PAIR]],
      ['README.md', KEY, [NO_PAIR]],
      [CERT, 'README.md', [NO_PAIR]],
      [CERT, 'other-key.pem', [NO_PAIR]],
      [CERT, 'rsa-key.pem', [NO_PAIR]],
    ])('the certificate %s and the key %s', (cert, key, faults) => {
      const environment = { [certName]: join(FIXTURES, cert), [keyName]: join(FIXTURES, key) };
      expect(faultsOf({ ...OTHERS, ...environment })).toEqual(faults);
    });
  });
});

it('with faults is read as if what is faulty were unset', () => {
  const read = readEnvironment({ SPRAYPROXY_SERVER_PORT: 'x', SPRAYPROXY_RETRY_MIN_DELAY: '1h' });
  expect(read.variables).toMatchObject({
    SPRAYPROXY_SERVER_PORT: 8080,
    SPRAYPROXY_RETRY_MIN_DELAY: 3_600_000,
  });
  expect([...read.faulty]).toEqual(['SPRAYPROXY_SERVER_PORT']);
  expect(read.faults).toHaveLength(3);
});
