import { unwatchFile, watchFile } from 'node:fs';

const CHECK_INTERVAL_MS = 1000;

/**
 * Calls back when one of the files changes, comes or goes. They are looked at by their status once a second: Kubernetes
 * swaps what it mounts by a symlink, which change notifications on the file itself miss.
 * @returns what ends the watching
 */
export function watchFiles(paths: readonly string[], onChange: () => void): () => void {
  const listener = () => {
    onChange();
  };
  for (const path of paths) watchFile(path, { interval: CHECK_INTERVAL_MS, persistent: false }, listener);
  return () => {
    for (const path of paths) unwatchFile(path, listener);
  };
}
