import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { useTempDir } from '../../test/support/temp-dir.js';
import { thrownBy } from '../../test/support/thrown-by.js';
import { ConfigurationError } from './configuration-error.js';
import { dynamicBackendsEnabled, LOG_LEVELS, validateEnvironment } from './environment-variables.js';
import { documentedVariables } from './variable.decorators.js';

const SECRET = { GH_APP_WEBHOOK_SECRET: 'secret' };
const FIXTURES = join(__dirname, '../../test/fixtures');
const dir = useTempDir();

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
];
const DURATIONS: [name: string, minMs: number][] = [
  ['SPRAYPROXY_SERVER_READ_TIMEOUT', 1],
  ['SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT', 1],
  ['SPRAYPROXY_SHUTDOWN_DELAY', 0],
  ['SPRAYPROXY_SHUTDOWN_TIMEOUT', 0],
  ['SPRAYPROXY_ACK_TIMEOUT', 1],
];
const WHOLE_NUMBERS: [name: string, min: number, max: number][] = [
  ['SPRAYPROXY_SERVER_PORT', 0, 65_535],
  ['SPRAYPROXY_SERVER_METRICS_PORT', 0, 65_535],
  ['SPRAYPROXY_MAX_REQUEST_SIZE', 1, 1_073_741_824],
  ['SPRAYPROXY_MAX_INFLIGHT_BYTES', 1, 68_719_476_736],
  ['SPRAYPROXY_SPOOL_MAX_BYTES', 1_048_576, 1024 ** 5],
  ['SPRAYPROXY_DRAIN_CONCURRENCY', 1, 1000],
  ['SPRAYPROXY_DELIVERIES_JOURNAL_SIZE', 0, 1_000_000],
];
const FILES = [
  'SPRAYPROXY_SERVER_METRICS_CERT',
  'SPRAYPROXY_SERVER_METRICS_KEY',
  'GH_APP_WEBHOOK_SECRET_FILE',
];
/** Any text is good for them. */
const FREE_TEXT = ['SPRAYPROXY_SERVER_HOST', 'GH_APP_WEBHOOK_SECRET'];

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
    SPRAYPROXY_MAX_REQUEST_SIZE: 26_214_400,
    SPRAYPROXY_MAX_INFLIGHT_BYTES: 134_217_728,
    SPRAYPROXY_SPOOL_URL: 'off',
    SPRAYPROXY_SPOOL_MAX_BYTES: 10_737_418_240,
    SPRAYPROXY_ACK_TIMEOUT: 8000,
    SPRAYPROXY_DELIVERY_GUARANTEE: 'at-least-once',
    SPRAYPROXY_RETRY_MIN_DELAY: 1000,
    SPRAYPROXY_RETRY_MAX_DELAY: 300_000,
    SPRAYPROXY_RETRY_MAX_AGE: 259_200_000,
    SPRAYPROXY_DRAIN_CONCURRENCY: 32,
    SPRAYPROXY_SERVER_ENABLE_DELIVERIES: false,
    SPRAYPROXY_DELIVERIES_JOURNAL_SIZE: 10_000,
    SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER: null,
    SPRAYPROXY_SHUTDOWN_DELAY: 0,
    SPRAYPROXY_SHUTDOWN_TIMEOUT: 25_000,
    SPRAYPROXY_LOG_LEVEL: 'info',
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

  it.each(DURATIONS)('reads %s in ms, from %d to an hour', (name, minMs) => {
    expect(validateEnvironment({ ...SECRET, [name]: `${minMs}ms` })).toHaveProperty(name, minMs);
    expect(validateEnvironment({ ...SECRET, [name]: '1m30s' })).toHaveProperty(name, 90_000);
    expect(validateEnvironment({ ...SECRET, [name]: '1h' })).toHaveProperty(name, 3_600_000);
  });

  it.each(WHOLE_NUMBERS)('reads %s from %d to %d', (name, min, max) => {
    expect(validateEnvironment({ ...SECRET, [name]: String(min) })).toHaveProperty(name, min);
    expect(validateEnvironment({ ...SECRET, [name]: String(max) })).toHaveProperty(name, max);
  });

  it.each(LOG_LEVELS)('knows the log level %s', (level) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_LOG_LEVEL: level })).toEqual([]);
  });

  it.each(['\n', ' http://a\thttps://b:8443/base?q=1\n\nhttp://c\n'])('takes the backends %j', (urls) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SERVER_BACKEND: urls })).toEqual([]);
  });

  it('leaves names alone that it does not know', () => {
    const foreign = { SPRAYPROXY_SERVER_URL: 'not a URL', SPRAYPROXY_SERVER_TOKEN: 'token', HOME: '/' };
    expect(validateEnvironment({ ...SECRET, ...foreign })).toEqual(validateEnvironment(SECRET));
  });
});

describe('the spool', () => {
  it.each(['off', 'file:/var/spool', 'file:spool', 'file:///var/spool'])('can be at %s', (url) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_URL: url })).toEqual([]);
  });

  it.each([
    'OFF',
    'file:',
    'file://',
    'file://host/dir',
    '/var/spool',
    'nats://host',
    'https://host/dir',
    'on',
  ])('cannot be at %s', (url) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SPOOL_URL: url })).toEqual([
      'SPRAYPROXY_SPOOL_URL must be off, or file: and a directory, as in file:/var/lib/sprayproxy',
    ]);
  });

  it.each(['at-least-once', 'at-most-once'])('can deliver %s', (guarantee) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_DELIVERY_GUARANTEE: guarantee })).toEqual([]);
  });

  it('cannot deliver exactly once', () => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_DELIVERY_GUARANTEE: 'exactly-once' })).toEqual([
      'SPRAYPROXY_DELIVERY_GUARANTEE must be one of at-least-once, at-most-once',
    ]);
  });

  const DAY = 86_400_000;
  it.each([
    ['SPRAYPROXY_RETRY_MIN_DELAY', 1, DAY],
    ['SPRAYPROXY_RETRY_MAX_DELAY', 1, DAY],
    ['SPRAYPROXY_RETRY_MAX_AGE', 1, 365 * DAY],
    ['SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER', 1, 365 * DAY],
  ])('has %s from %d to %d ms', (name, minMs, maxMs) => {
    const delays = { SPRAYPROXY_RETRY_MIN_DELAY: '1ms', SPRAYPROXY_RETRY_MAX_DELAY: '24h' };
    const faults = (ms: number) => faultsOf({ ...SECRET, ...delays, [name]: `${ms}ms` });
    expect([faults(minMs), faults(maxMs)]).toEqual([[], []]);
    expect(faults(minMs - 1)).toEqual([`${name} must be at least ${minMs}ms`]);
    expect(faults(maxMs + 1)).toEqual([`${name} must be at most ${maxMs}ms`]);
  });

  it('waits no longer at first than at most', () => {
    const delays = (min: string, max: string) =>
      faultsOf({ ...SECRET, SPRAYPROXY_RETRY_MIN_DELAY: min, SPRAYPROXY_RETRY_MAX_DELAY: max });
    expect(delays('2s', '2s')).toEqual([]);
    expect(delays('2001ms', '2s')).toEqual([
      'SPRAYPROXY_RETRY_MIN_DELAY must not be longer than SPRAYPROXY_RETRY_MAX_DELAY',
    ]);
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
      ['10', '-1s', '1m 30s', 'soon', `${'9'.repeat(400)}h`].map((value) => [name, value] as const),
    ),
  )('is %s=%j', (name, value) => {
    expect(faultsOf({ ...SECRET, [name]: value })).toEqual([
      `${name} must be a duration such as 500ms, 10s or 1m30s`,
    ]);
  });

  it.each(DURATIONS)('is %s above an hour or, where there is a minimum, below %d ms', (name, minMs) => {
    expect(faultsOf({ ...SECRET, [name]: '1h1ms' })).toEqual([`${name} must be at most 3600000ms`]);
    expect(faultsOf({ ...SECRET, [name]: '0s' })).toEqual(
      minMs === 0 ? [] : [`${name} must be at least ${minMs}ms`],
    );
  });

  it.each(
    WHOLE_NUMBERS.flatMap(([name, min, max]) =>
      ['abc', '-1', '+1', '1.5', '1e3', '0x10', ' 1', '1k', '\u0661', '9'.repeat(400)].map(
        (value) => [name, value, min, max] as const,
      ),
    ),
  )('is %s=%j', (name, value, min, max) => {
    expect(faultsOf({ ...SECRET, [name]: value })).toEqual([
      `${name} must be a whole number from ${min} to ${max}`,
    ]);
  });

  it.each(WHOLE_NUMBERS)('is %s outside %d to %d', (name, min, max) => {
    expect(faultsOf({ ...SECRET, [name]: String(max + 1) })).toEqual([`${name} must be at most ${max}`]);
    expect(faultsOf({ ...SECRET, [name]: '0' })).toEqual(
      min === 0 ? [] : [`${name} must be at least ${min}`],
    );
  });

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
  ])('is SPRAYPROXY_SERVER_BACKEND=%j', (urls, fault) => {
    expect(faultsOf({ ...SECRET, SPRAYPROXY_SERVER_BACKEND: urls })).toEqual([
      `SPRAYPROXY_SERVER_BACKEND must hold backend URLs; ${fault}`,
    ]);
  });

  it.each(FILES)('is %s where nothing is, or a directory', (name) => {
    const fault = `${name} must name a file that this process can read`;
    mkdirSync(join(dir.path, 'directory'));
    expect(faultsOf({ ...SECRET, [name]: join(dir.path, 'missing') })).toContain(fault);
    expect(faultsOf({ ...SECRET, [name]: join(dir.path, 'directory') })).toContain(fault);
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
  const HALF_TLS = 'SPRAYPROXY_SERVER_METRICS_CERT and SPRAYPROXY_SERVER_METRICS_KEY must be set together';
  const NO_PAIR =
    'SPRAYPROXY_SERVER_METRICS_CERT and SPRAYPROXY_SERVER_METRICS_KEY must hold a PEM certificate and its key';
  const NOTHING_IN_FILE = 'GH_APP_WEBHOOK_SECRET_FILE must name a file with a secret in it';
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
  ])('%s', (_what, environment: Record<string, string>, faults) => {
    expect(faultsOf(environment)).toEqual(faults);
  });

  it.each([
    ['an empty file', '', [NOTHING_IN_FILE]],
    ['empty lines only', '\n\r\n\n', [NOTHING_IN_FILE]],
    ['a secret', 'one', []],
    ['two secrets', 'one\ntwo\n', []],
  ])('a secret file with %s', (_what, content, faults) => {
    const file = join(dir.path, 'secrets');
    writeFileSync(file, content);
    expect(faultsOf({ GH_APP_WEBHOOK_SECRET_FILE: file })).toEqual(faults);
    expect(faultsOf({ ...SECRET, GH_APP_WEBHOOK_SECRET_FILE: file })).toEqual(faults);
  });

  it.each([
    ['SPRAYPROXY_SERVER_METRICS_CERT', 'localhost-cert.pem'],
    ['SPRAYPROXY_SERVER_METRICS_KEY', 'localhost-key.pem'],
  ])('%s alone', (name, file) => {
    expect(faultsOf({ ...SECRET, [name]: join(FIXTURES, file) })).toEqual([HALF_TLS]);
  });

  const CERT = 'localhost-cert.pem';
  const KEY = 'localhost-key.pem';
  it.each([
    [CERT, KEY, []],
    [KEY, CERT, [NO_PAIR]],
    [CERT, CERT, [NO_PAIR]],
    ['README.md', KEY, [NO_PAIR]],
    [CERT, 'README.md', [NO_PAIR]],
    [CERT, 'other-key.pem', [NO_PAIR]],
  ])('the certificate %s and the key %s', (cert, key, faults) => {
    const environment = {
      SPRAYPROXY_SERVER_METRICS_CERT: join(FIXTURES, cert),
      SPRAYPROXY_SERVER_METRICS_KEY: join(FIXTURES, key),
    };
    expect(faultsOf({ ...SECRET, ...environment })).toEqual(faults);
  });
});

describe('dynamicBackendsEnabled', () => {
  it.each([
    [{}, false],
    [{ SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: '' }, false],
    [{ SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'yes' }, false],
    [{ SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'F' }, false],
    [{ SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS: 'TRUE' }, true],
  ])('of %j is %j', (environment, enabled) => {
    expect(dynamicBackendsEnabled(environment)).toBe(enabled);
  });
});
