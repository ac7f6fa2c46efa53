import { type BackendList, NO_BACKENDS } from '../config/backend-list.js';
import { SpoolUnusableError } from '../spool/spool-unusable-error.js';
import { type SpoolVisit, visitSpool } from '../spool/spool.module.js';
import { fault, type Finding, ok } from './check-result.js';
import { backendsIn } from './registered-backends.js';

export interface SpoolFinding {
  readonly finding: Finding;
  /** None if the spool cannot be read. */
  readonly registered: BackendList;
  /** Bytes that it holds; absent: it cannot be read. */
  readonly bytes?: number;
}

/**
 * Whether a start would take the spool.
 * @param serviceRuns whether the service listens on its port; `undefined`: nobody can tell. Then it is the one that
 *   uses the spool, which is as it should be.
 */
export async function checkSpool(dir: string, serviceRuns: boolean | undefined): Promise<SpoolFinding> {
  try {
    const visit = await visitSpool(dir);
    const finding = findingOf(visit, serviceRuns);
    return visit.state === 'sound'
      ? { finding, registered: backendsIn(visit), bytes: visit.bytes }
      : { finding, registered: NO_BACKENDS };
  } catch (error) {
    const finding =
      error instanceof SpoolUnusableError
        ? fault(error.found, error.advice)
        : fault(`cannot be read (${String(error)})`, 'see to that');
    return { finding, registered: NO_BACKENDS };
  }
}

function findingOf({ state }: SpoolVisit, serviceRuns: boolean | undefined): Finding {
  switch (state) {
    case 'missing':
      return ok('will be made');
    case 'empty':
      return ok('writable, no spool yet');
    case 'sound':
      return ok('writable, not damaged');
    case 'taken':
      if (serviceRuns !== false) return ok('in use by a running process');
      return fault(
        'in use by a running process, while no sprayproxy listens on the port for webhooks',
        'if it is about to start or to end, wait; else give every instance a directory of its own',
      );
    default:
      return state satisfies never;
  }
}
