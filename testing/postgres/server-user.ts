import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Who a server runs as, where it may not run as who we are: PostgreSQL refuses root. `nobody` has this id everywhere. */
export const SERVER_USER: { readonly uid: number; readonly gid: number } | undefined =
  process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;

/** Whether that user may get at what is in a directory. */
export const serverMayEnter = (dir: string): boolean => SERVER_USER === undefined || isOpen(dir);

/** To everybody, with all that it is in. */
function isOpen(dir: string): boolean {
  const mayEnter = (statSync(dir).mode & 0o001) !== 0;
  return mayEnter && (dir === dirname(dir) || isOpen(dirname(dir)));
}
