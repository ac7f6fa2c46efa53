import { STEP_BYTES } from '../inflight/arriving-body.js';
import { type PendingSignature } from '../secrets/signature.js';

const FEW_BYTES = 16;

/** The bytes of a body, in memory once, however small the pieces are that it comes in; hashed in steps. */
export class BodyBuffer {
  #held: Buffer = Buffer.alloc(0);
  #length = 0;
  #hashed = 0;

  constructor(
    /** Length the sender has declared; `undefined`: it sends in chunks. */
    private readonly declaredBytes: number | undefined,
    private readonly maxBytes: number,
    private readonly signature: PendingSignature,
  ) {}

  get length(): number {
    return this.#length;
  }

  add(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (bytes.length === this.declaredBytes) {
      this.#held = bytes;
    } else {
      if (length > this.#held.length) this.#moreRoom(length);
      this.#copy(bytes);
    }
    this.#length = length;
    if (length - this.#hashed >= STEP_BYTES) this.#hash();
  }

  /** All that has come. The signature has seen it. */
  whole(): Buffer {
    this.#hash();
    return this.#held.subarray(0, this.#length);
  }

  #copy(bytes: Buffer): void {
    // For a few bytes, a call to copy them costs more than they do.
    if (bytes.length > FEW_BYTES) bytes.copy(this.#held, this.#length);
    else for (let n = 0; n < bytes.length; n += 1) this.#held[this.#length + n] = bytes[n] ?? 0;
  }

  #hash(): void {
    if (this.#hashed < this.#length) this.signature.update(this.#held.subarray(this.#hashed, this.#length));
    this.#hashed = this.#length;
  }

  /** The memory that is not written to does not exist yet, so all there may ever be costs no more than a part. */
  #moreRoom(neededBytes: number): void {
    const all = this.declaredBytes ?? this.maxBytes;
    const room = Buffer.allocUnsafeSlow(neededBytes <= STEP_BYTES ? Math.min(STEP_BYTES, all) : all);
    this.#held.copy(room, 0, 0, this.#length);
    this.#held = room;
  }
}
