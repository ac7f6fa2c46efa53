import { type KeyObject } from 'node:crypto';
import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Counter } from 'prom-client';

import { type CapturedLog, captureLog } from '../../test/support/captured-log.js';
import { configFor } from '../../test/support/config-for.js';
import { newCounter, samplesOf } from '../../test/support/unregistered-metrics.js';
import { useTempDir } from '../../test/support/temp-dir.js';
import { SECRET_FAULTS } from '../config/secrets.js';
import { WebhookSecrets } from './webhook-secrets.js';

const dir = useTempDir();
const READ_AGAIN = { level: 'info', msg: 'webhook secrets read again' };
const KEPT = {
  level: 'error',
  msg: 'GH_APP_WEBHOOK_SECRET_FILE changed and cannot be used; the secrets read before stay in use',
};

let log: CapturedLog;
let file: string;
let secrets: WebhookSecrets | undefined;
let failures: Counter;

const ONE = 'one-of-the-secrets';
const TWO = 'two-of-the-secrets';
const THREE = 'three-of-the-secrets';
const OLD = 'old-secret-of-ours';
const NEW = 'another-new-secret-of-ours';

beforeEach(() => {
  jest.useFakeTimers();
  failures = newCounter('variable', 'reason');
  log = captureLog();
  file = join(dir.path, 'secrets');
});

afterEach(() => {
  jest.useRealTimers();
  secrets?.onModuleDestroy();
  secrets = undefined;
});

/** Starts with a file of secrets, or with none, and with a secret of the environment, or with none. */
function start(content: string | undefined, environment: Readonly<Record<string, string>> = {}) {
  if (content !== undefined) writeFileSync(file, content);
  const config = configFor({
    GH_APP_WEBHOOK_SECRET: '',
    ...(content !== undefined && { GH_APP_WEBHOOK_SECRET_FILE: file }),
    ...environment,
  });
  return (secrets = new WebhookSecrets(config, log.logger, failures));
}

/** Lets the time pass in which a change is found out. */
const notice = () => {
  jest.advanceTimersByTime(1000);
};

/** How often the file could not be used, and why. */
const failed = async () =>
  Object.fromEntries(Object.entries(await samplesOf(failures)).filter(([, count]) => count > 0));

const namesOf = ({ keys }: { keys: readonly KeyObject[] }) => keys.map((key) => key.export().toString());

describe('WebhookSecrets', () => {
  it.each([
    ['the environment alone', undefined, { GH_APP_WEBHOOK_SECRET: ONE }, [ONE]],
    ['a file alone', `${TWO}\n${THREE}\n`, {}, [TWO, THREE]],
    ['both', `${TWO}\n${THREE}\n`, { GH_APP_WEBHOOK_SECRET: ONE }, [ONE, TWO, THREE]],
    ['neither', undefined, { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'true' }, []],
  ])('are those of %s', (_where, content, environment, names) => {
    expect(namesOf(start(content, environment))).toEqual(names);
  });

  it('are read again when the file changes, and the log says how many, not which', () => {
    const secrets = start(`${OLD}\n`);
    writeFileSync(file, `${OLD}\n${NEW}\n`);
    notice();
    expect(namesOf(secrets)).toEqual([OLD, NEW]);
    writeFileSync(file, `${NEW}\n`);
    notice();
    expect(namesOf(secrets)).toEqual([NEW]);
    expect(log.lines()).toMatchObject([
      { ...READ_AGAIN, secrets: 2 },
      { ...READ_AGAIN, secrets: 1 },
    ]);
    expect(log.text()).not.toMatch(/-secret-of-ours/);
  });

  it('keep the one of the environment when the file changes', () => {
    const secrets = start(TWO, { GH_APP_WEBHOOK_SECRET: ONE });
    writeFileSync(file, THREE);
    notice();
    expect(namesOf(secrets)).toEqual([ONE, THREE]);
  });

  it.each<[what: string, reason: string, why: string | RegExp, content: string | Buffer | undefined]>([
    ['is emptied', 'empty', 'it must hold a secret', ''],
    ['has nothing but empty lines', 'empty', 'it must hold a secret', '\n\r\n'],
    ['is gone', 'unreadable', /ENOENT/, undefined],
    ['has a short one too', 'too-short', 'it must hold secrets of at least 16 characters', `${NEW}\nnew`],
    ['has nine', 'too-many', 'it must hold at most 8 secrets', `${NEW}\n`.repeat(9)],
    [
      'is a page',
      'not-a-secret',
      'it must hold a secret, not an HTML page',
      '<!doctype html><title>Sign in</title>',
    ],
    ['is UTF-16', 'not-text', /control characters/, Buffer.from(NEW, 'utf16le')],
  ])('stay as they were when the file %s, until it is good again', async (_what, reason, why, content) => {
    const secrets = start(`${OLD}\n`);
    if (content === undefined) unlinkSync(file);
    else writeFileSync(file, content);
    notice();
    expect(namesOf(secrets)).toEqual([OLD]);
    expect(log.lines()).toMatchObject([{ ...KEPT, reason, why: expect.stringMatching(why) as string }]);
    expect(await failed()).toEqual({
      [`counter{variable="GH_APP_WEBHOOK_SECRET_FILE",reason="${reason}"}`]: 1,
    });

    writeFileSync(file, `${NEW}\n`);
    notice();
    expect(namesOf(secrets)).toEqual([NEW]);
  });

  it('count failures from 0 on, by every reason there is', async () => {
    start(OLD);
    expect(Object.values(await samplesOf(failures))).toEqual(SECRET_FAULTS.map(() => 0));
  });

  it.each([
    [`\ufeff${OLD}\n`, undefined, 'GH_APP_WEBHOOK_SECRET_FILE', ['a byte order mark']],
    [undefined, `${OLD} \n`, 'GH_APP_WEBHOOK_SECRET', ['white space at the end of a line']],
  ])(
    'are %j and %j without what editors leave, and the log says so',
    (content, secret, variable, dropped) => {
      const secrets = start(content, secret === undefined ? {} : { GH_APP_WEBHOOK_SECRET: secret });
      expect(namesOf(secrets)).toEqual([OLD]);
      expect(log.lines()).toMatchObject([{ level: 'warn', variable, dropped }]);
    },
  );

  it('are left alone after the end', () => {
    const secrets = start(OLD);
    secrets.onModuleDestroy();
    writeFileSync(file, NEW);
    notice();
    expect(namesOf(secrets)).toEqual([OLD]);
    expect(log.lines()).toEqual([]);
  });

  it.each([
    ['false', []],
    ['true', [{ level: 'warn', msg: 'webhook signatures are not verified: anyone can send one' }]],
  ])('with verification skipped: %s, log %j', (skip, lines) => {
    start(ONE, { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: skip });
    expect(log.lines()).toMatchObject(lines);
  });

  describe('and a payload', () => {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    const SECRET = "It's a Secret to Everybody";
    const PAYLOAD = Buffer.from('Hello, World!');
    const HEADER = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    // printf 'Hello, World!' | openssl dgst -sha1 -hmac "It's a Secret to Everybody"
    const OLD_HEADER = 'sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59';

    it('make both headers of GitHub, with the first of them', () => {
      expect(start(`${NEW}\n`, { GH_APP_WEBHOOK_SECRET: SECRET }).headersFor(PAYLOAD)).toEqual({
        'X-Hub-Signature-256': HEADER,
        'X-Hub-Signature': OLD_HEADER,
      });
    });

    it('make no headers where there is none', () => {
      const environment = { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'true' };
      expect(start(undefined, environment).headersFor(PAYLOAD)).toBeUndefined();
    });

    it.each([
      ['of the first', SECRET, `${NEW}\n`, HEADER, true],
      ['of another', NEW, `${SECRET}\n`, HEADER, true],
      ['of none of them', NEW, `${OLD}\n`, HEADER, false],
      ['that is missing', SECRET, `${NEW}\n`, undefined, false],
      ['that is malformed', SECRET, `${NEW}\n`, HEADER.slice(1), false],
      ['that is SHA-1', SECRET, `${NEW}\n`, OLD_HEADER, false],
    ])('know a header %s', (_whose, secret, content, header, signs) => {
      expect(start(content, { GH_APP_WEBHOOK_SECRET: secret }).signs(PAYLOAD, header)).toBe(signs);
    });
  });
});
