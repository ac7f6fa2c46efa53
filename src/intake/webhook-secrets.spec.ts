import { type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import fs, { type StatWatcher, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { type CapturedLog, captureLog } from '../../test/support/captured-log.js';
import { configFor } from '../../test/support/config-for.js';
import { useTempDir } from '../../test/support/temp-dir.js';
import { WebhookSecrets } from './webhook-secrets.js';

const dir = useTempDir();
const READ_AGAIN = { level: 'info', msg: 'webhook secrets read again' };
const KEPT = {
  level: 'error',
  msg: 'GH_APP_WEBHOOK_SECRET_FILE changed and cannot be used; the secrets read before stay in use',
};

let log: CapturedLog;
let file: string;
let watch: jest.SpiedFunction<typeof fs.watchFile>;
let secrets: WebhookSecrets | undefined;

beforeEach(() => {
  log = captureLog();
  file = join(dir.path, 'secrets');
  watch = jest.spyOn(fs, 'watchFile');
});

afterEach(() => {
  secrets?.onModuleDestroy();
  secrets = undefined;
  jest.restoreAllMocks();
});

/** Starts with a file of secrets, or with none, and with a secret of the environment, or with none. */
function start(content: string | undefined, environment: Readonly<Record<string, string>> = {}) {
  if (content !== undefined) writeFileSync(file, content);
  const config = configFor({
    GH_APP_WEBHOOK_SECRET: '',
    ...(content !== undefined && { GH_APP_WEBHOOK_SECRET_FILE: file }),
    ...environment,
  });
  return (secrets = new WebhookSecrets(config, log.logger));
}

const watcher = () => watch.mock.results[0]?.value as StatWatcher;

/** Tells the real listener of the real watcher what it would find out within its interval. */
const notice = () => watcher().emit('change');

const namesOf = ({ keys }: { keys: readonly KeyObject[] }) => keys.map((key) => key.export().toString());

describe('WebhookSecrets', () => {
  it.each([
    ['the environment alone', undefined, { GH_APP_WEBHOOK_SECRET: 'one' }, ['one']],
    ['a file alone', 'two\nthree\n', {}, ['two', 'three']],
    ['both', 'two\nthree\n', { GH_APP_WEBHOOK_SECRET: 'one' }, ['one', 'two', 'three']],
    ['neither', undefined, { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'true' }, []],
  ])('are those of %s', (_where, content, environment, names) => {
    expect(namesOf(start(content, environment))).toEqual(names);
  });

  it('watch no file where there is none', () => {
    start(undefined, { GH_APP_WEBHOOK_SECRET: 'one' }).onModuleDestroy();
    expect(watch).not.toHaveBeenCalled();
  });

  it('are read again when the file changes, and the log says how many, not which', () => {
    const secrets = start('old\n');
    writeFileSync(file, 'old\nnew\n');
    notice();
    expect(namesOf(secrets)).toEqual(['old', 'new']);
    writeFileSync(file, 'new\n');
    notice();
    expect(namesOf(secrets)).toEqual(['new']);
    expect(log.lines()).toMatchObject([
      { ...READ_AGAIN, secrets: 2 },
      { ...READ_AGAIN, secrets: 1 },
    ]);
    expect(log.text()).not.toMatch(/\b(old|new)\b/);
  });

  it('keep the one of the environment when the file changes', () => {
    const secrets = start('two', { GH_APP_WEBHOOK_SECRET: 'one' });
    writeFileSync(file, 'three');
    notice();
    expect(namesOf(secrets)).toEqual(['one', 'three']);
  });

  it.each([
    [
      'is emptied',
      'there is no secret in it',
      () => {
        writeFileSync(file, '');
      },
    ],
    [
      'has nothing but empty lines',
      'there is no secret in it',
      () => {
        writeFileSync(file, '\n\r\n');
      },
    ],
    [
      'is gone',
      /ENOENT/,
      () => {
        unlinkSync(file);
      },
    ],
  ])('stay as they were when the file %s, until it is good again', (_what, why, spoil) => {
    const secrets = start('old\n');
    spoil();
    notice();
    expect(namesOf(secrets)).toEqual(['old']);
    expect(log.lines()).toMatchObject([{ ...KEPT, why: expect.stringMatching(why) as string }]);

    writeFileSync(file, 'new\n');
    notice();
    expect(namesOf(secrets)).toEqual(['new']);
  });

  it('are looked at by the status of the file, once a second, which alone does not keep the program alive', () => {
    start('old');
    expect(watch.mock.calls).toEqual([[file, { interval: 1000, persistent: false }, expect.any(Function)]]);
  });

  it('are left alone after the end', async () => {
    const secrets = start('old');
    const stopped = once(watcher(), 'stop');
    secrets.onModuleDestroy();
    await stopped;
    writeFileSync(file, 'new');
    notice();
    expect(namesOf(secrets)).toEqual(['old']);
    expect(log.lines()).toEqual([]);
  });

  it.each([
    ['false', []],
    ['true', [{ level: 'warn', msg: 'webhook signatures are not verified: anyone can send one' }]],
  ])('with verification skipped: %s, log %j', (skip, lines) => {
    start('one', { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: skip });
    expect(log.lines()).toMatchObject(lines);
  });
});
