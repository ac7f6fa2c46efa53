import { unwatchFile, watchFile } from 'node:fs';

const CHECK_INTERVAL_MS = 1000;

/** What belongs together is written one file after the other. */
const SETTLE_MS = 100;

/**
 * Calls back when any of the files has changed, once for all that change together. They are looked at by their status,
 * once a second: Kubernetes swaps what it mounts by a symlink, which change notifications on the file itself miss.
 * Watching alone does not keep the process alive.
 * @returns ends it
 */
export function watchFiles(paths: readonly string[], onChange: () => void): () => void {
  let settling: NodeJS.Timeout | undefined;
  const listener = () => {
    clearTimeout(settling);
    settling = setTimeout(onChange, SETTLE_MS).unref();
  };
  for (const path of paths) watchFile(path, { interval: CHECK_INTERVAL_MS, persistent: false }, listener);
  return () => {
    clearTimeout(settling);
    for (const path of paths) unwatchFile(path, listener);
  };
}
