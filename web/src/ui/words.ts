export const count = (value: number, one: string, many = `${one}s`): string =>
  `${value.toLocaleString('en-US')} ${value === 1 ? one : many}`;

/** Host and port of a backend, and its path if it has one; what is no URL as it is. */
export function backendName(backend: string): string {
  try {
    const { host, pathname } = new URL(backend);
    return pathname === '/' ? host : `${host}${pathname}`;
  } catch {
    return backend;
  }
}
