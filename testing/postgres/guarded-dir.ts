import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SERVER_USER, serverMayEnter } from './server-user.js';

/** Ends the server that is in `data`, if there is one, and takes its directory away, as soon as nobody holds its input. */
const GUARD = `
  cat >/dev/null
  if read -r pid <"$1/data/postmaster.pid"; then
    kill -QUIT "$pid"
    while kill -0 "$pid" && grep -q . "/proc/$pid/cmdline"; do sleep 0.01; done
  fi
  until rm -rf "$1"; do sleep 0.01; done
`;

/** A directory for a server, and what else of it: gone with the process that made it, however that ends. */
export interface GuardedDir {
  readonly path: string;
  /** Of the server. */
  readonly data: string;
  remove(): Promise<void>;
}

/** Root may have a directory of its own for such, which nobody else may enter. */
const usualParent = (): string => (serverMayEnter(tmpdir()) ? tmpdir() : '/tmp');

/** @param parent absent: the system's for such */
export function makeGuardedDir(parent = usualParent()): GuardedDir {
  const path = mkdtempSync(join(parent, 'sprayproxy-postgres-'));
  const data = join(path, 'data');
  chmodSync(path, 0o755);
  mkdirSync(data, { mode: 0o700 });
  if (SERVER_USER !== undefined) chownSync(data, SERVER_USER.uid, SERVER_USER.gid);
  const guard = spawn('sh', ['-c', GUARD, 'sh', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = once(guard, 'exit');
  // It must not keep the process that it outlives.
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  const remove = async (): Promise<void> => {
    guard.ref();
    guard.stdin.end();
    await ended;
  };
  return { path, data, remove };
}
