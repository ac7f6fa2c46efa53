const ends = new Set<() => void>();

// Whatever ends this process, unless it is killed outright: `exitOnSignal` turns signals into an exit.
process.on('exit', () => {
  for (const end of [...ends].reverse()) end();
});

/** Runs `end` when this process exits, unless the returned function is called before. */
export function atExit(end: () => void): () => void {
  ends.add(end);
  return () => ends.delete(end);
}

/** Turns the signals that end a process into an exit, so that all that was started is ended too. */
export function exitOnSignal(): void {
  for (const [signal, status] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => process.exit(status));
  }
}
