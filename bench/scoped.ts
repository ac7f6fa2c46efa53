type End = () => Promise<void> | void;

/** Runs `body`, then whatever it deferred, the latest first, however it ended. */
export async function scoped<T>(body: (defer: (end: End) => void) => Promise<T>): Promise<T> {
  const ends: End[] = [];
  try {
    return await body((end) => ends.push(end));
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
