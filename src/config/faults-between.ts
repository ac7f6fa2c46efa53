import { parsePostgresUrl } from '../model/postgres-url.js';
import { type EnvironmentVariables } from './environment-variables.js';
import { isKeyPair } from './key-pair.js';
import { ownAddressFaults } from './own-address-faults.js';

/** Files that belong together. */
const KEY_PAIRS = [
  ['SPRAYPROXY_SERVER_METRICS_CERT', 'SPRAYPROXY_SERVER_METRICS_KEY'],
  ['SPRAYPROXY_WEBHOOK_CERT', 'SPRAYPROXY_WEBHOOK_KEY'],
  ['SPRAYPROXY_BACKEND_CLIENT_CERT', 'SPRAYPROXY_BACKEND_CLIENT_KEY'],
] as const;

/** Where the listeners are. */
const ADDRESSES = [
  ['SPRAYPROXY_SERVER_PORT', 'SPRAYPROXY_SERVER_HOST'],
  ['SPRAYPROXY_SERVER_METRICS_PORT', 'SPRAYPROXY_SERVER_HOST'],
  ['SPRAYPROXY_WEBHOOK_PORT', 'SPRAYPROXY_WEBHOOK_HOST'],
] as const;

/** Says something of the webhook listener, which there is only with a port. */
const OF_WEBHOOK_LISTENER = [
  'SPRAYPROXY_WEBHOOK_HOST',
  'SPRAYPROXY_WEBHOOK_CERT',
  'SPRAYPROXY_WEBHOOK_KEY',
] as const;

/** Faults of variables that are each well formed but do not go together; one already `faulty` is not named twice. */
export function faultsBetween(variables: EnvironmentVariables, faulty: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const sound = (...names: (keyof EnvironmentVariables)[]) => names.every((name) => !faulty.has(name));

  if (
    sound(
      'SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY',
      'GH_APP_WEBHOOK_SECRET',
      'GH_APP_WEBHOOK_SECRET_FILE',
    ) &&
    !variables.SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY &&
    variables.GH_APP_WEBHOOK_SECRET === undefined &&
    variables.GH_APP_WEBHOOK_SECRET_FILE === undefined
  ) {
    faults.push(
      'GH_APP_WEBHOOK_SECRET or GH_APP_WEBHOOK_SECRET_FILE must be set, unless SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY is true',
    );
  }
  for (const [cert, key] of KEY_PAIRS) {
    const { [cert]: certFile, [key]: keyFile } = variables;
    if ((certFile === undefined) !== (keyFile === undefined)) {
      faults.push(`${cert} and ${key} must be set together`);
    }
    if (certFile === undefined || keyFile === undefined || !sound(cert, key)) continue;
    if (!isKeyPair({ certFile, keyFile }))
      faults.push(
        `${cert} and ${key} must hold a PEM certificate, its own first, and its key without a passphrase`,
      );
  }
  if (
    sound('SPRAYPROXY_RETRY_MIN_DELAY', 'SPRAYPROXY_RETRY_MAX_DELAY') &&
    variables.SPRAYPROXY_RETRY_MIN_DELAY > variables.SPRAYPROXY_RETRY_MAX_DELAY
  ) {
    faults.push('SPRAYPROXY_RETRY_MIN_DELAY must not be longer than SPRAYPROXY_RETRY_MAX_DELAY');
  }
  for (const [at, [one, host]] of ADDRESSES.entries()) {
    for (const [other, otherHost] of ADDRESSES.slice(at + 1)) {
      const { [one]: port, [host]: address, [otherHost]: otherAddress } = variables;
      if (!sound(one, host, other, otherHost) || port === 0 || port !== variables[other]) continue;
      const isElsewhere = address !== otherAddress && address !== undefined && otherAddress !== undefined;
      if (!isElsewhere) faults.push(`${one} and ${other} must differ`);
    }
  }
  const withoutPort = OF_WEBHOOK_LISTENER.find((name) => variables[name] !== undefined);
  if (
    withoutPort !== undefined &&
    variables.SPRAYPROXY_WEBHOOK_PORT === undefined &&
    sound('SPRAYPROXY_WEBHOOK_PORT')
  ) {
    faults.push(`SPRAYPROXY_WEBHOOK_PORT must be set where ${withoutPort} is`);
  }
  if (
    sound('GH_APP_ID', 'GH_APP_PRIVATE_KEY_FILE') &&
    (variables.GH_APP_ID === undefined) !== (variables.GH_APP_PRIVATE_KEY_FILE === undefined)
  ) {
    faults.push('GH_APP_ID and GH_APP_PRIVATE_KEY_FILE must be set together');
  }
  if (sound('SPRAYPROXY_SPOOL_URL') && variables.SPRAYPROXY_SPOOL_PASSWORD_FILE !== undefined) {
    const url = parsePostgresUrl(variables.SPRAYPROXY_SPOOL_URL);
    if (typeof url === 'object' && url.hasPassword)
      faults.push('SPRAYPROXY_SPOOL_URL must hold no password where SPRAYPROXY_SPOOL_PASSWORD_FILE gives it');
  }
  faults.push(...ownAddressFaults(variables, sound));
  return faults;
}
