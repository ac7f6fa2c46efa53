import { Payload } from '../../model/payload.js';
import { captureLog } from '../../../test/support/captured-log.js';
import { configFor } from '../../../test/support/config-for.js';
import { newCounter, samplesOf } from '../../../test/support/unregistered-metrics.js';
import { Backend } from '../../model/backend.js';
import { type StoredDelivery } from '../../model/stored-delivery.js';
import { WebhookSecrets } from '../../secrets/webhook-secrets.js';
import { Signer } from './signer.js';

/** Of GitHub's documentation. */
const SECRET = "It's a Secret to Everybody";
const PAYLOAD = Buffer.from('Hello, World!');
const SHA256 = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
/** `printf 'Hello, World!' | openssl dgst -sha1 -hmac "It's a Secret to Everybody"` */
const SHA1 = 'sha1=01dc10d0c83e72ed246219cdd91669667fe2ca59';
const OLD = `sha256=${'0'.repeat(64)}`;

function signer(env: Record<string, string> = { GH_APP_WEBHOOK_SECRET: SECRET }) {
  const log = captureLog();
  const count = newCounter();
  const secrets = new WebhookSecrets(configFor(env), log.logger, newCounter('variable', 'reason'));
  const headersOf = (...rawHeaders: string[]) =>
    new Signer(secrets, log.logger, count).headersOf(
      { delivery: { id: 1, rawHeaders } } as unknown as StoredDelivery,
      Payload.of(PAYLOAD),
      new Backend(new URL('http://a'), 'static'),
    );
  return { headersOf, log, count };
}

it.each([
  ['a signature that fits', ['X-Hub-Signature-256', SHA256, 'X-Hub-Signature', 'sha1=whatever']],
  ['no signature', ['X-GitHub-Event', 'push']],
])('leaves %s as it is', async (_name, rawHeaders) => {
  const { headersOf, count, log } = signer();
  expect(headersOf(...rawHeaders)).toEqual(rawHeaders);
  expect(await samplesOf(count)).toEqual({ counter: 0 });
  expect(log.text()).toBe('');
});

it('signs anew what fits no secret, each header in its place', async () => {
  const { headersOf, count, log } = signer();
  expect(headersOf('A', '1', 'x-hub-signature', 'sha1=old', 'X-Hub-Signature-256', OLD, 'B', '2')).toEqual([
    'A',
    '1',
    'x-hub-signature',
    SHA1,
    'X-Hub-Signature-256',
    SHA256,
    'B',
    '2',
  ]);
  expect(await samplesOf(count)).toEqual({ counter: 1 });
  expect(log.text()).toContain('signed anew');
});

it('adds the header that is missing', () => {
  const { headersOf } = signer();
  expect(headersOf('X-Hub-Signature-256', OLD)).toEqual([
    'X-Hub-Signature-256',
    SHA256,
    'X-Hub-Signature',
    SHA1,
  ]);
});

it('leaves everything as it is where nobody verifies', () => {
  const { headersOf } = signer({
    GH_APP_WEBHOOK_SECRET: '',
    SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'true',
  });
  expect(headersOf('X-Hub-Signature-256', OLD)).toEqual(['X-Hub-Signature-256', OLD]);
});
