type End = () => Promise<void> | void;

/** Has something ended later. */
export type Defer = (end: End) => void;

/** Runs `body`, then whatever it deferred, the latest first, however it ended. */
export async function scoped<T>(body: (defer: Defer) => Promise<T>): Promise<T> {
  const ends: End[] = [];
  try {
    return await body((end) => ends.push(end));
  } finally {
    for (const end of ends.reverse()) await end();
  }
}
