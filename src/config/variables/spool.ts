import { SpoolUrl, Variable, WholeNumber } from '../variable.decorators.js';

/** Where what is owed is kept. */
export class SpoolVariables {
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
}
