/** Why the bench cannot go on, in words for whoever started it. */
export class BenchError extends Error {
  /** @param status exit status of the bench: 2: it was started wrongly, or something it needs is missing. */
  constructor(
    message: string,
    readonly status: 1 | 2 = 1,
  ) {
    super(message);
  }
}
