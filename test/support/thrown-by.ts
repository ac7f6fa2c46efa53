/** What a function throws, to be looked at more closely than by its message; `undefined` if it does not throw. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
