import { statSync } from 'node:fs';

const CHECK_INTERVAL_MS = 1000;

/**
 * Calls back when any of the files has changed, once for all that changed since the last look. They are looked at by
 * their status, once a second: Kubernetes swaps what it mounts by a symlink, which change notifications on the file
 * itself miss. Watching alone does not keep the process alive.
 * @returns ends it
 */
export function watchFiles(paths: readonly string[], onChange: () => void): () => void {
  let known = statusOf(paths);
  const timer = setInterval(() => {
    const now = statusOf(paths);
    if (now === known) return;
    known = now;
    onChange();
  }, CHECK_INTERVAL_MS).unref();
  return () => {
    clearInterval(timer);
  };
}

/** Differs when the files differ, one that cannot be looked at included. */
const statusOf = (paths: readonly string[]): string =>
  paths
    .map((path) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
        return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    })
    .join('\n');
