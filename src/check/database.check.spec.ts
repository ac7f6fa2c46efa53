import { type DatabaseVisit } from '../spool/spool.module.js';
import { judgeDatabase } from './database.check.js';

const SOUND: DatabaseVisit = {
  version: 180_004,
  isLocal: false,
  isEncrypted: true,
  isVerified: true,
  clockAheadMs: 0,
  clockErrorMs: 1,
  commit: 'on',
  fsync: 'on',
  content: { bytes: 0, registeredBackends: [], backendFilters: undefined, replicas: 2 },
  hearsMessages: true,
};

const judged = (otherwise: Partial<DatabaseVisit>) =>
  Object.fromEntries(
    judgeDatabase({ ...SOUND, ...otherwise }).map(([check, { status, detail }]) => [
      check,
      `${status}: ${detail}`,
    ]),
  );

it('finds nothing in a sound one', () => {
  expect(judged({})).toEqual({
    spool: 'ok: PostgreSQL 18, schema up to date, synchronous_commit on',
    'spool-tls': 'ok: on, verified',
    'spool-clock': 'ok: 0.0 s ahead of this host',
    replicas: 'ok: 2 are there, told of changes at once',
  });
});

it.each([
  [130_022, 'fault'],
  [139_999, 'fault'],
  [140_000, 'ok'],
])('takes version %d: %s', (version, status) => {
  expect(judged({ version }).spool).toMatch(`${status}: PostgreSQL`);
});

it.each([
  [true, true, false, 'ok: on, verified'],
  [true, false, true, 'ok: on, not verified, on this host'],
  [true, false, false, 'warning: on, not verified'],
  [false, false, true, 'ok: off, on this host'],
  [false, false, false, 'warning: off'],
])('TLS on %j, verified %j, on this host %j: %s', (isEncrypted, isVerified, isLocal, finding) => {
  expect(judged({ isEncrypted, isVerified, isLocal })['spool-tls']).toMatch(finding);
});

it.each([
  [2000, 0, 'ok: 2.0 s ahead of this host'],
  [2001, 0, 'warning: 2.0 s ahead of this host'],
  [-2001, 0, 'warning: 2.0 s behind this host'],
  [2500, 500, 'ok: 2.5 s ahead of this host'],
])('a clock %d ms ahead, give or take %d: %s', (clockAheadMs, clockErrorMs, finding) => {
  expect(judged({ clockAheadMs, clockErrorMs })['spool-clock']).toBe(finding);
});

it('hints at a pooler that passes no messages on', () => {
  expect(judged({ hearsMessages: false }).replicas).toMatch(/^ok: .*pooler in transaction mode/);
});
