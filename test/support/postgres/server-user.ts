/** Who a server runs as, where it may not run as who we are: PostgreSQL refuses root. `nobody` has this id everywhere. */
export const SERVER_USER: { readonly uid: number; readonly gid: number } | undefined =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
