/** The environment cannot be used. Each fault names a variable and says what it must be. */
export class ConfigurationError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`the environment has ${faults.length} fault(s)`);
  }
}
