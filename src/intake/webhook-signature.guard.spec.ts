import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

import { captureLog } from '../../test/support/captured-log.js';
import { CONFIG_SECRET, configFor } from '../../test/support/config-for.js';
import { sign } from '../../test/support/send-webhook.js';
import { newCounter } from '../../test/support/unregistered-metrics.js';
import { thrownBy } from '../../test/support/thrown-by.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { SIGNATURE, type WebhookRequest } from './webhook-request.js';
import { WebhookSecrets } from '../secrets/webhook-secrets.js';
import { WebhookSignatureGuard } from './webhook-signature.guard.js';

const PAYLOAD = Buffer.from('payload');
const RIGHT = sign(PAYLOAD, CONFIG_SECRET);
const SKIP = { SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY: 'true' };

/** What the guard says of a request, and the signature that it leaves on it. */
function guarded(headers: IncomingHttpHeaders, environment: Readonly<Record<string, string>> = {}) {
  const config = configFor(environment);
  const guard = new WebhookSignatureGuard(
    config,
    new WebhookSecrets(config, captureLog().logger, newCounter('variable', 'reason')),
  );
  const request = new IncomingMessage(new Socket()) as WebhookRequest;
  request.headers = headers;
  let allowed: boolean | undefined;
  const error = thrownBy(() => {
    allowed = guard.canActivate(new ExecutionContextHost([request]));
  });
  return { allowed, error, signature: request[SIGNATURE] };
}

const signatureHeader = (header: string | string[] | undefined): IncomingHttpHeaders =>
  header === undefined ? {} : { 'x-hub-signature-256': header };

describe('WebhookSignatureGuard', () => {
  it.each([
    ['right', RIGHT, true],
    ['right, in upper case', RIGHT.toUpperCase().replace('SHA256', 'sha256'), true],
    ['made with another secret', sign(PAYLOAD, 'another secret'), false],
    ['made for other bytes', sign('other', CONFIG_SECRET), false],
    ['nothing but zeros', `sha256=${'0'.repeat(64)}`, false],
  ])('lets a signature pass that is %s, for the payload to tell', (_what, header, matches) => {
    const { allowed, signature } = guarded(signatureHeader(header));
    expect(allowed).toBe(true);
    signature?.update(PAYLOAD);
    expect(signature?.matches()).toBe(matches);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['without its prefix', RIGHT.slice('sha256='.length)],
    ['too short', RIGHT.slice(0, -1)],
    ['too long', `${RIGHT}0`],
    ['not hexadecimal', `sha256=${'x'.repeat(64)}`],
    ['SHA-1', `sha1=${'0'.repeat(40)}`],
    ['repeated', `${RIGHT}, ${RIGHT}`],
    ['a list', [RIGHT]],
  ])('refuses a signature that is %s, and leaves none', (_what, header) => {
    const { error, signature } = guarded(signatureHeader(header));
    expect(error).toBeInstanceOf(SprayproxyError);
    expect(error).toMatchObject({
      code: 'signature',
      message: 'X-Hub-Signature-256 is missing or malformed',
    });
    expect(signature).toBeUndefined();
  });

  it('does not take a signature from another header', () => {
    expect(guarded({ 'x-hub-signature': RIGHT, 'x-hub-signature-512': RIGHT }).error).toMatchObject({
      code: 'signature',
    });
  });

  it.each([
    ['missing', undefined],
    ['malformed', 'sha256=0'],
    ['wrong', sign('other', CONFIG_SECRET)],
  ])('lets a signature pass that is %s where verification is switched off', (_what, header) => {
    const { allowed, signature } = guarded(signatureHeader(header), SKIP);
    expect(allowed).toBe(true);
    signature?.update(PAYLOAD);
    expect(signature?.matches()).toBe(true);
  });
});
