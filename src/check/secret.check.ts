import { type SprayproxyConfig } from '../config/sprayproxy-config.js';
import { readSecretFile } from '../config/secret-file.js';
import { type ReadSecrets, readSecrets } from '../config/secrets.js';
import { type Finding, joined, ok, warning } from './check-result.js';

/** By variable, and secret of the file, how good each is. None is ever shown, nor its length. */
export function checkSecrets({ secret, secretFile }: SprayproxyConfig): [subject: string, Finding][] {
  return [
    ...(secret === undefined
      ? []
      : checkAll(readSecrets(Buffer.from(secret)), () => 'GH_APP_WEBHOOK_SECRET')),
    ...(secretFile === undefined
      ? []
      : checkAll(readSecretFile(secretFile), (place) => `GH_APP_WEBHOOK_SECRET_FILE, secret ${place}`)),
  ];
}

/** @param subject by the place of a secret, from 1 on; the first stands for the whole */
const checkAll = (
  { secrets, dropped }: ReadSecrets,
  subject: (place: number) => string,
): [string, Finding][] =>
  secrets.map((secret, index) => [subject(index + 1), checkSecret(secret, index === 0 ? dropped : [])]);

/** What is too bad to be used has been refused before. @param dropped what it is read without */
export function checkSecret(secret: string, dropped: readonly string[]): Finding {
  const findings = dropped.map((what) => warning(`is read without ${what}`, 'take it away'));
  if (secret !== secret.trimStart()) {
    findings.push(
      warning('begins with white space, which counts', 'take it away, unless it is there at GitHub as well'),
    );
  }
  return findings.length === 0 ? ok('present and long enough') : joined(findings);
}
