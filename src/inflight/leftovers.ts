import { collectGarbage } from './collect-garbage.js';

const MIB = 1024 * 1024;

/** Of what came in: pieces of bodies, copied or not, that nobody needs once they are sent. */
const MAX_YOUNG_BYTES = 16 * MIB;

/** Of large payloads that nobody holds any more. */
const MAX_OLD_BYTES = 32 * MIB;

/**
 * Has the engine collect what payloads leave behind. It does not see in time by itself that it should: their bytes lie beside
 * its heap, and a few small objects on it stand for all of them. Without it, ten payloads of 25 MiB at once peak some 80 MiB higher.
 */
export class Leftovers {
  #youngBytes = 0;
  #oldBytes = 0;

  /** So much has come in. */
  came(bytes: number): void {
    this.#youngBytes += bytes;
    if (this.#youngBytes < MAX_YOUNG_BYTES) return;
    this.#youngBytes = 0;
    collectGarbage({ type: 'minor' });
  }

  /** So much of a large payload is needed no more, once whoever says so is through. */
  left(bytes: number): void {
    this.#oldBytes += bytes;
    if (this.#oldBytes < MAX_OLD_BYTES) return;
    this.#oldBytes = 0;
    setImmediate(collectGarbage, { type: 'major' });
  }
}
