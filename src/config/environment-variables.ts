import 'reflect-metadata';

import { plainToInstance } from 'class-transformer';
import { IsIn, IsOptional, IsString, validateSync } from 'class-validator';

import { DELIVERY_GUARANTEES, type DeliveryGuarantee } from '../model/forward.js';
import { isKeyPair } from './key-pair.js';
import { readSecretFile } from './secret-file.js';
import {
  BackendUrls,
  documentedVariables,
  GoBoolean,
  GoDuration,
  GoDurationOrOff,
  ReadableFile,
  SpoolUrl,
  Variable,
  WholeNumber,
} from './variable.decorators.js';
import { OutgoingVariables } from './variables/outgoing-variables.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const GIB = 1024 ** 3;

/**
 * Every environment variable the program knows, as the environment spells it. Durations hold ms, sizes bytes.
 * Names it does not know are left alone: platforms set `SPRAYPROXY_*` variables for other programs.
 */
export class EnvironmentVariables extends OutgoingVariables {
  @Variable({ effect: 'address both listeners bind; unset: all interfaces' })
  @IsOptional()
  @IsString()
  SPRAYPROXY_SERVER_HOST?: string;

  @Variable({ default: '8080', effect: 'port of the webhook listener; 0 takes a free one' })
  @WholeNumber(0, 65_535)
  SPRAYPROXY_SERVER_PORT!: number;

  @Variable({ effect: 'backend URLs, separated by white space; unset: none' })
  @IsOptional()
  @BackendUrls()
  SPRAYPROXY_SERVER_BACKEND?: string;

  // Off: whoever registers a backend receives private content.
  @Variable({ default: 'false', effect: 'serves /backends; put an authenticating proxy in front of it' })
  @GoBoolean()
  SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS!: boolean;

  // Off: cloud metadata services answer on link-local addresses.
  @Variable({
    default: 'false',
    effect: 'lets registered backends be at loopback, link-local, unspecified or multicast addresses',
  })
  @GoBoolean()
  SPRAYPROXY_DYNAMIC_BACKENDS_ALLOW_LOCAL!: boolean;

  @Variable({ default: 'false', effect: 'accepts any certificate of a backend (for tests only)' })
  @GoBoolean()
  SPRAYPROXY_SERVER_INSECURE_SKIP_TLS_VERIFY!: boolean;

  @Variable({ default: 'false', effect: 'accepts webhooks without a signature (for tests only)' })
  @GoBoolean()
  SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY!: boolean;

  // GitHub gives up on a delivery after 10 s, so a webhook that is still arriving then has failed there.
  @Variable({ default: '10s', effect: 'time a webhook may take to arrive; later: 408' })
  @GoDuration(1, HOUR_MS)
  SPRAYPROXY_SERVER_READ_TIMEOUT!: number;

  @Variable({ default: '9090', effect: 'port of the metrics listener; 0 takes a free one' })
  @WholeNumber(0, 65_535)
  SPRAYPROXY_SERVER_METRICS_PORT!: number;

  @Variable({ effect: 'PEM certificate file; with the key, metrics are served over TLS' })
  @IsOptional()
  @ReadableFile()
  SPRAYPROXY_SERVER_METRICS_CERT?: string;

  @Variable({ effect: 'PEM key file of that certificate' })
  @IsOptional()
  @ReadableFile()
  SPRAYPROXY_SERVER_METRICS_KEY?: string;

  @Variable({ default: '15s', effect: 'time one attempt at one backend may take' })
  @GoDuration(1, HOUR_MS)
  SPRAYPROXY_FORWARDING_REQUEST_TIMEOUT!: number;

  // GitHub's own limit for a payload is 25 MB.
  @Variable({ default: '26214400', effect: 'largest payload, in bytes, itself included; larger: 413' })
  @WholeNumber(1, GIB)
  SPRAYPROXY_MAX_REQUEST_SIZE!: number;

  // Five payloads of the largest size; fits the 384 MiB the pod is given.
  @Variable({
    default: '134217728',
    effect:
      'payload bytes held at once, an eighth of them for payloads up to 1 MiB; a webhook waits 5 s for room, then 503',
  })
  @WholeNumber(1, 64 * GIB)
  SPRAYPROXY_MAX_INFLIGHT_BYTES!: number;

  // Off: the original's manifests give no writable volume.
  @Variable({
    default: 'off',
    effect: 'where what is still owed is kept: file:<directory>, or off; off: a failed backend means 502',
  })
  @SpoolUrl()
  SPRAYPROXY_SPOOL_URL!: string;

  @Variable({ default: '10737418240', effect: 'bytes the spool may hold; full: 503' })
  @WholeNumber(1024 * 1024, 1024 ** 5)
  SPRAYPROXY_SPOOL_MAX_BYTES!: number;

  // GitHub hangs up after 10 s.
  @Variable({
    default: '8s',
    effect:
      'with a spool: time from the arrival of a webhook until 202 goes out, for backends that have not answered',
  })
  @GoDuration(1, HOUR_MS)
  SPRAYPROXY_ACK_TIMEOUT!: number;

  @Variable({
    default: 'at-least-once',
    effect:
      'after an attempt of unknown outcome: at-least-once tries again, 3 times in all; at-most-once never does',
  })
  @IsIn(DELIVERY_GUARANTEES, { message: `$property must be one of ${DELIVERY_GUARANTEES.join(', ')}` })
  SPRAYPROXY_DELIVERY_GUARANTEE!: DeliveryGuarantee;

  @Variable({
    default: '1s',
    effect: 'longest delay before the first retry at a backend; doubles with each failure',
  })
  @GoDuration(1, DAY_MS)
  SPRAYPROXY_RETRY_MIN_DELAY!: number;

  @Variable({ default: '5m', effect: 'longest delay before any retry' })
  @GoDuration(1, DAY_MS)
  SPRAYPROXY_RETRY_MAX_DELAY!: number;

  // GitHub's own list of deliveries goes three days back.
  @Variable({ default: '72h', effect: 'age at which what is still owed is given up (dead)' })
  @GoDuration(1, 365 * DAY_MS)
  SPRAYPROXY_RETRY_MAX_AGE!: number;

  // Enough to overtake what comes in meanwhile: at 50 ms an answer, 640 a second.
  @Variable({
    default: '32',
    effect: 'attempts at one backend at a time when it gets what it is owed; begins with one',
  })
  @WholeNumber(1, 1000)
  SPRAYPROXY_DRAIN_CONCURRENCY!: number;

  @Variable({
    default: 'false',
    effect: 'serves /deliveries; put an authenticating proxy in front of it',
  })
  @GoBoolean()
  SPRAYPROXY_SERVER_ENABLE_DELIVERIES!: boolean;

  // Some 1.5 KiB each with three backends.
  @Variable({ default: '10000', effect: 'deliveries that went well that /deliveries remembers, in memory' })
  @WholeNumber(0, 1_000_000)
  SPRAYPROXY_DELIVERIES_JOURNAL_SIZE!: number;

  @Variable({
    default: 'off',
    effect: 'a registered backend that failed this long without one success is unregistered; off: never',
  })
  @GoDurationOrOff(1, 365 * DAY_MS)
  SPRAYPROXY_DYNAMIC_BACKENDS_EXPIRE_AFTER!: number | null;

  @Variable({
    default: '0s',
    effect: 'time between SIGTERM, when readiness falls, and the last new connection',
  })
  @GoDuration(0, HOUR_MS)
  SPRAYPROXY_SHUTDOWN_DELAY!: number;

  // Below Kubernetes' default grace period of 30 s, above the 15 s of an attempt.
  @Variable({ default: '25s', effect: 'time requests in flight get to finish after that' })
  @GoDuration(0, HOUR_MS)
  SPRAYPROXY_SHUTDOWN_TIMEOUT!: number;

  @Variable({ default: 'info', effect: LOG_LEVELS.join(', ') })
  @IsIn(LOG_LEVELS, { message: `$property must be one of ${LOG_LEVELS.join(', ')}` })
  SPRAYPROXY_LOG_LEVEL!: (typeof LOG_LEVELS)[number];

  @Variable({ effect: 'webhook secret of the GitHub App; required unless a file gives it' })
  @IsOptional()
  @IsString()
  GH_APP_WEBHOOK_SECRET?: string;

  @Variable({ effect: 'file with one secret a line, all accepted; read again when it changes' })
  @IsOptional()
  @ReadableFile()
  GH_APP_WEBHOOK_SECRET_FILE?: string;
}

export interface ReadEnvironment {
  /** What could not be used holds its default here. */
  readonly variables: EnvironmentVariables;
  /** Each names a variable and says what it must be, never what it is. */
  readonly faults: readonly string[];
  /** Names of the variables whose own values cannot be used. */
  readonly faulty: ReadonlySet<string>;
}

/** Reads the environment, whatever is wrong with it. A variable that is empty counts as unset. */
export function readEnvironment(environment: Readonly<Record<string, unknown>>): ReadEnvironment {
  const variables = toVariables(environment);
  const errors = validateSync(variables, { stopAtFirstError: true });
  const faulty = new Set(errors.map((error) => error.property));
  const faults = [
    ...errors.flatMap((error) => Object.values(error.constraints ?? {})),
    ...faultsBetween(variables, faulty),
  ];
  const usable = Object.entries(environment).filter(([name]) => !faulty.has(name));
  return { variables: toVariables(Object.fromEntries(usable)), faults, faulty };
}

function toVariables(environment: Readonly<Record<string, unknown>>): EnvironmentVariables {
  const raw: Record<string, unknown> = {};
  for (const [name, documentation] of documentedVariables) {
    const value = environment[name];
    raw[name] = value === undefined || value === '' ? documentation.default : value;
  }
  return plainToInstance(EnvironmentVariables, raw, { exposeUnsetFields: false });
}

/** Faults of variables that are each well formed but do not go together; one already `faulty` is not named twice. */
function faultsBetween(variables: EnvironmentVariables, faulty: ReadonlySet<string>): string[] {
  const faults: string[] = [];
  const sound = (...names: (keyof EnvironmentVariables)[]) => names.every((name) => !faulty.has(name));

  if (
    sound('SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY', 'GH_APP_WEBHOOK_SECRET_FILE') &&
    !variables.SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY &&
    variables.GH_APP_WEBHOOK_SECRET === undefined &&
    variables.GH_APP_WEBHOOK_SECRET_FILE === undefined
  ) {
    faults.push(
      'GH_APP_WEBHOOK_SECRET or GH_APP_WEBHOOK_SECRET_FILE must be set, unless SPRAYPROXY_SERVER_INSECURE_SKIP_WEBHOOK_VERIFY is true',
    );
  }
  if (
    (variables.SPRAYPROXY_SERVER_METRICS_CERT === undefined) !==
    (variables.SPRAYPROXY_SERVER_METRICS_KEY === undefined)
  ) {
    faults.push('SPRAYPROXY_SERVER_METRICS_CERT and SPRAYPROXY_SERVER_METRICS_KEY must be set together');
  }
  if (
    sound('SPRAYPROXY_SERVER_METRICS_CERT', 'SPRAYPROXY_SERVER_METRICS_KEY') &&
    variables.SPRAYPROXY_SERVER_METRICS_CERT !== undefined &&
    variables.SPRAYPROXY_SERVER_METRICS_KEY !== undefined &&
    !isKeyPair(variables.SPRAYPROXY_SERVER_METRICS_CERT, variables.SPRAYPROXY_SERVER_METRICS_KEY)
  ) {
    faults.push(
      'SPRAYPROXY_SERVER_METRICS_CERT and SPRAYPROXY_SERVER_METRICS_KEY must hold a PEM certificate and its key',
    );
  }
  const { SPRAYPROXY_BACKEND_CLIENT_CERT: clientCert, SPRAYPROXY_BACKEND_CLIENT_KEY: clientKey } = variables;
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    faults.push('SPRAYPROXY_BACKEND_CLIENT_CERT and SPRAYPROXY_BACKEND_CLIENT_KEY must be set together');
  }
  if (
    sound('SPRAYPROXY_BACKEND_CLIENT_CERT', 'SPRAYPROXY_BACKEND_CLIENT_KEY') &&
    clientCert !== undefined &&
    clientKey !== undefined &&
    !isKeyPair(clientCert, clientKey)
  ) {
    faults.push(
      'SPRAYPROXY_BACKEND_CLIENT_CERT and SPRAYPROXY_BACKEND_CLIENT_KEY must hold a PEM certificate and its key',
    );
  }
  if (
    sound('GH_APP_WEBHOOK_SECRET_FILE') &&
    variables.GH_APP_WEBHOOK_SECRET_FILE !== undefined &&
    readSecretFile(variables.GH_APP_WEBHOOK_SECRET_FILE).length === 0
  ) {
    faults.push('GH_APP_WEBHOOK_SECRET_FILE must name a file with a secret in it');
  }
  if (
    sound('SPRAYPROXY_RETRY_MIN_DELAY', 'SPRAYPROXY_RETRY_MAX_DELAY') &&
    variables.SPRAYPROXY_RETRY_MIN_DELAY > variables.SPRAYPROXY_RETRY_MAX_DELAY
  ) {
    faults.push('SPRAYPROXY_RETRY_MIN_DELAY must not be longer than SPRAYPROXY_RETRY_MAX_DELAY');
  }
  if (
    sound('SPRAYPROXY_SERVER_PORT', 'SPRAYPROXY_SERVER_METRICS_PORT') &&
    variables.SPRAYPROXY_SERVER_PORT !== 0 &&
    variables.SPRAYPROXY_SERVER_PORT === variables.SPRAYPROXY_SERVER_METRICS_PORT
  ) {
    faults.push('SPRAYPROXY_SERVER_PORT and SPRAYPROXY_SERVER_METRICS_PORT must differ');
  }
  return faults;
}
