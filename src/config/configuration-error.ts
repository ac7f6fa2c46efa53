import { UnusableError } from '../model/unusable-error.js';

/** The environment cannot be used. Each fault names a variable and says what it must be. */
export class ConfigurationError extends UnusableError {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('; '));
  }
}
