type Cleanup = () => Promise<void> | void;

const cleanups: Cleanup[] = [];
let boundary = 0;

/** Runs after the test, the latest first; what `beforeAll` started is kept until the end of the file. */
export function onCleanup(cleanup: Cleanup): void {
  cleanups.push(cleanup);
}

/** Runs after what `onCleanup` was given in the same test, be that before or later. */
export function onLateCleanup(cleanup: Cleanup): void {
  cleanups.splice(boundary, 0, cleanup);
}

/** Starts what all tests of a `describe` share, and ends it with them. */
export function sharedByTests<T>(start: () => Promise<T>): () => T {
  let shared: T;
  let outer: number;
  beforeAll(async () => {
    outer = boundary = cleanups.length;
    shared = await start();
  });
  afterAll(() => cleanUpTo(outer));
  return () => shared;
}

async function cleanUpTo(length: number): Promise<void> {
  while (cleanups.length > length) await cleanups.pop()?.();
}

export function installCleanup(): void {
  beforeEach(() => {
    boundary = cleanups.length;
  });
  afterEach(() => cleanUpTo(boundary));
  afterAll(() => cleanUpTo(0));
}
