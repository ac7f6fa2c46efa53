import { type RootDatabase } from 'lmdb';

import { SprayproxyError } from '../../model/sprayproxy-error.js';

/** Hears of every write: how long it took until it was on disk, and whether it got there. */
export type OnWrite = (seconds: number, ok: boolean) => void;

/** Writes to a spool, one transaction after the other. */
export class Writer {
  #isClosed = false;

  /** @param faultOf why nothing is to be written now */
  constructor(
    private readonly root: RootDatabase,
    private readonly faultOf: () => string | undefined,
    private readonly onWrite?: OnWrite,
  ) {}

  /**
   * Resolves when what `action` has written is on disk. An action must not throw: what it wrote before would stay.
   * @throws SprayproxyError `spool-failed`: nothing was written.
   */
  async write<T>(action: () => T): Promise<T> {
    const startedAt = performance.now();
    let ok = false;
    try {
      const fault = this.#isClosed ? 'it is closed' : this.faultOf();
      if (fault !== undefined) throw new Error(fault);
      const result = await this.root.transaction(action);
      ok = true;
      return result;
    } catch (error) {
      throw new SprayproxyError('spool-failed', `the spool cannot be written to: ${await reasonOf(error)}`);
    } finally {
      this.onWrite?.((performance.now() - startedAt) / 1000, ok);
    }
  }

  /** Lets what has been begun end. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.root.close();
  }
}

/** The engine tells of a failed commit beside the error. */
async function reasonOf(error: unknown): Promise<string> {
  const { commitError } = error as { commitError?: Promise<never> };
  return commitError === undefined ? String(error) : commitError.catch((cause: unknown) => String(cause));
}
