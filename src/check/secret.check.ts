import { type SprayproxyConfig } from '../config/sprayproxy-config.js';
import { readSecretFile } from '../config/secret-file.js';
import { type Finding, joined, ok, warning } from './check-result.js';

/** GitHub asks for high entropy. At random from letters and digits, so many hold 95 bits. */
const MIN_CHARACTERS = 16;

/** By variable, and line of the file, how good each secret is. None is ever shown, nor its length. */
export function checkSecrets({ secret, secretFile }: SprayproxyConfig): [subject: string, Finding][] {
  return [
    ...(secret === undefined ? [] : [named('GH_APP_WEBHOOK_SECRET', secret)]),
    ...(secretFile === undefined
      ? []
      : readSecretFile(secretFile).map((line, index) =>
          named(`GH_APP_WEBHOOK_SECRET_FILE, secret ${index + 1}`, line),
        )),
  ];
}

const named = (subject: string, secret: string): [string, Finding] => [subject, checkSecret(secret)];

export function checkSecret(secret: string): Finding {
  const findings: Finding[] = [];
  if (secret.length < MIN_CHARACTERS) {
    findings.push(
      warning(
        `shorter than ${MIN_CHARACTERS} characters`,
        'make a long random one, as by openssl rand -hex 32, and set it here and at GitHub',
      ),
    );
  }
  if (secret !== secret.trim()) {
    findings.push(
      warning(
        'begins or ends with white space, which counts',
        'take it away, unless it is there at GitHub as well',
      ),
    );
  }
  return findings.length === 0 ? ok('present and long enough') : joined(findings);
}
