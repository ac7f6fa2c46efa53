const cleanups: (() => Promise<void> | void)[] = [];
let boundary = 0;

/** Runs after the test; what `beforeAll` started is kept until the end of the file. */
export function onCleanup(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
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
