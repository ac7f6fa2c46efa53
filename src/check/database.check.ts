import { printable } from '../model/printable.js';
import { type DatabaseVisit } from '../spool/spool.module.js';
import { SpoolUnusableError } from '../spool/spool-unusable-error.js';
import { type CheckName, fault, type Finding, ok, warning } from './check-result.js';

const MAX_WHY = 256;
const OLDEST_VERSION = 14;
const MAX_CLOCK_DIFFERENCE_MS = 2000;

/** What a visit to the database has found, check by check. */
export function judgeDatabase(visit: DatabaseVisit): [CheckName, Finding][] {
  return [
    ['spool', usable(visit)],
    ['spool-tls', encryption(visit)],
    ['spool-clock', clock(visit)],
    ['replicas', replicas(visit)],
  ];
}

/** Why it could not be visited. */
export function databaseFault(error: unknown): Finding {
  if (error instanceof SpoolUnusableError) return fault(error.found, error.advice);
  return fault(
    `cannot be reached (${printable((error as Error).message, MAX_WHY)}): the service would start and wait for it, not ready`,
    'see to the database, its address and the way there',
  );
}

function usable({ version, content, commit, fsync }: DatabaseVisit): Finding {
  const major = Math.floor(version / 10_000);
  const detail = `PostgreSQL ${major}, ${content === undefined ? 'no spool yet' : 'schema up to date'}`;
  if (major < OLDEST_VERSION) return fault(detail, `use version ${OLDEST_VERSION} or later`);
  const off = Object.entries({ synchronous_commit: commit, fsync }).find(([, value]) => value === 'off')?.[0];
  if (off === undefined) return ok(`${detail}, synchronous_commit ${commit}`);
  return warning(
    `${detail}, and ${off} is off: a crash of it loses what was acknowledged`,
    'set it to on, and SPRAYPROXY_SPOOL_ALLOW_ASYNC_COMMIT to false',
  );
}

function encryption({ isEncrypted, isVerified, isLocal }: DatabaseVisit): Finding {
  if (isEncrypted && isVerified) return ok('on, verified');
  if (isEncrypted) {
    return isLocal
      ? ok('on, not verified, on this host')
      : warning('on, not verified: anybody on the way may be the database', 'set sslmode=verify-full');
  }
  return isLocal
    ? ok('off, on this host')
    : warning('off: payloads and the password can be read on the way', 'set sslmode=verify-full');
}

function clock({ clockAheadMs, clockErrorMs }: DatabaseVisit): Finding {
  const difference = Math.abs(clockAheadMs);
  const detail = `${(difference / 1000).toFixed(1)} s ${clockAheadMs < 0 ? 'behind' : 'ahead of'} this host`;
  return difference - clockErrorMs > MAX_CLOCK_DIFFERENCE_MS
    ? warning(detail, 'set both clocks by NTP: logs are hard to read otherwise')
    : ok(detail);
}

function replicas({ content, hearsMessages }: DatabaseVisit): Finding {
  const there = content?.replicas ?? 0;
  const detail = `${there} ${there === 1 ? 'is' : 'are'} there`;
  return ok(
    hearsMessages
      ? `${detail}, told of changes at once`
      : `${detail}, told of nothing by NOTIFY (a pooler in transaction mode?): they look every second`,
  );
}
