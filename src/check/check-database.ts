import { type BackendList, NO_BACKENDS } from '../config/backend-list.js';
import { spoolPassword, type SpoolDatabase } from '../config/spool-password.js';
import { type SprayproxyConfig } from '../config/sprayproxy-config.js';
import { shownDatabase } from '../model/postgres-url.js';
import { visitDatabase } from '../spool/spool.module.js';
import { type Report } from './check-result.js';
import { databaseFault, judgeDatabase } from './database.check.js';
import { backendsIn } from './registered-backends.js';
import { judgeHeld } from './spool-room.check.js';
import { stopwatch } from './timed.js';

/**
 * Whether a start would take the database, and what is to be said of it.
 * @returns the registered backends; none if it cannot be read
 */
export async function checkDatabase(
  database: SpoolDatabase,
  { allowAsyncCommit, maxSpoolBytes }: SprayproxyConfig,
  faulty: ReadonlySet<string>,
  report: Report,
): Promise<BackendList> {
  const subject = shownDatabase(database.url);
  const elapsed = stopwatch();
  try {
    const visit = await visitDatabase({
      url: database.url,
      password: spoolPassword(database),
      allowAsyncCommit,
    });
    const durationMs = elapsed();
    const { bytes: held = 0 } = visit.content ?? {};
    const findings = judgeDatabase(visit);
    if (!faulty.has('SPRAYPROXY_SPOOL_MAX_BYTES'))
      findings.push(['spool-room', judgeHeld({ held, maxSpoolBytes })]);
    for (const [check, finding] of findings) report({ check, subject, ...finding, durationMs });
    return visit.content === undefined ? NO_BACKENDS : backendsIn(visit.content);
  } catch (error) {
    report({ check: 'spool', subject, ...databaseFault(error), durationMs: elapsed() });
    return NO_BACKENDS;
  }
}
