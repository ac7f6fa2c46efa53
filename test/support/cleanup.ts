type Cleanup = () => Promise<void> | void;

const cleanups: { readonly run: Cleanup; readonly late: boolean }[] = [];
let boundary = 0;

/** Runs after the test, the latest first; what `beforeAll` started is kept until the end of the file. */
export function onCleanup(cleanup: Cleanup): void {
  cleanups.push({ run: cleanup, late: false });
}

/** Runs after all that `onCleanup` was given, be that before or later. */
export function onLateCleanup(cleanup: Cleanup): void {
  cleanups.push({ run: cleanup, late: true });
}

/** Starts what all tests of a `describe` share, and ends it with them. */
export function sharedByTests<T>(start: () => Promise<T>): () => T {
  let shared: T;
  let outer: number;
  beforeAll(async () => {
    outer = cleanups.length;
    shared = await start();
  });
  afterAll(() => cleanUpTo(outer));
  return () => shared;
}

async function cleanUpTo(length: number): Promise<void> {
  const ending = cleanups.splice(length).reverse();
  for (const { run } of ending.sort((a, b) => Number(a.late) - Number(b.late))) await run();
}

export function installCleanup(): void {
  beforeEach(() => {
    boundary = cleanups.length;
  });
  afterEach(() => cleanUpTo(boundary));
  afterAll(() => cleanUpTo(0));
}
