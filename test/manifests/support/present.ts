/** The value, or an error that says what is missing from the manifests. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`missing from the manifests: ${what}`);
  return value;
}
