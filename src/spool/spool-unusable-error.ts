import { UnusableError } from '../model/unusable-error.js';

/** The spool's directory or database, or what is in it, cannot be used. Nothing in it has been changed. */
export class SpoolUnusableError extends UnusableError {
  /**
   * @param place fit to be shown: without a password
   * @param found what is the matter with it, as in `is a file`
   * @param advice what to do about it
   */
  constructor(
    place: string,
    readonly found: string,
    readonly advice: string,
    kind: 'directory' | 'database' = 'directory',
  ) {
    super(`the spool's ${kind} ${place} (SPRAYPROXY_SPOOL_URL) ${found}: ${advice}`);
  }
}
