import { UnusableError } from '../model/unusable-error.js';

/** The spool's directory, or what is in it, cannot be used. Nothing in it has been changed. */
export class SpoolUnusableError extends UnusableError {
  /** @param found what is the matter with the directory, as in `is a file`. @param advice what to do about it. */
  constructor(
    dir: string,
    readonly found: string,
    readonly advice: string,
  ) {
    super(`the spool's directory ${dir} (SPRAYPROXY_SPOOL_URL) ${found}: ${advice}`);
  }
}
