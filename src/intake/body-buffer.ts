import { STEP_BYTES } from '../inflight/arriving-body.js';
import { Payload } from '../model/payload.js';
import { type PendingSignature } from '../secrets/signature.js';

const FEW_BYTES = 16;

/** What is as long is kept as it has come: copying it would cost more than one part more. */
const PART_BYTES = 8 * 1024;

/** A longer body is in one piece: who keeps it in the spool would need all of it a second time. */
const MAX_IN_PARTS_BYTES = 256 * 1024;

/** The bytes of a body, in memory once, however small the pieces are that it comes in; hashed in steps. */
export class BodyBuffer {
  /** Those that are full. */
  readonly #parts: Buffer[] = [];
  /** The last part, and how much there is in it. */
  #held: Buffer = EMPTY;
  #heldBytes = 0;
  #hashed = 0;
  #length = 0;

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
    if (this.#isPart(bytes)) {
      this.#endPart();
      this.#parts.push(bytes);
      this.signature.update(bytes);
    } else {
      const heldBytes = this.#heldBytes + bytes.length;
      if (heldBytes > this.#held.length) this.#moreRoom(heldBytes);
      this.#copy(bytes);
      this.#heldBytes = heldBytes;
      if (heldBytes - this.#hashed >= STEP_BYTES) this.#hash();
    }
    this.#length += bytes.length;
  }

  /** All that has come. The signature has seen it. */
  whole(): Payload {
    this.#endPart();
    return Payload.of(...this.#parts);
  }

  #isPart(bytes: Buffer): boolean {
    if (bytes.length === this.declaredBytes) return true;
    return bytes.length >= PART_BYTES && (this.declaredBytes ?? Infinity) <= MAX_IN_PARTS_BYTES;
  }

  #endPart(): void {
    if (this.#heldBytes === 0) return;
    this.#hash();
    this.#parts.push(this.#held.subarray(0, this.#heldBytes));
    this.#held = EMPTY;
    this.#heldBytes = 0;
    this.#hashed = 0;
  }

  #copy(bytes: Buffer): void {
    // For a few bytes, a call to copy them costs more than they do.
    if (bytes.length > FEW_BYTES) bytes.copy(this.#held, this.#heldBytes);
    else for (let n = 0; n < bytes.length; n += 1) this.#held[this.#heldBytes + n] = bytes[n] ?? 0;
  }

  #hash(): void {
    if (this.#hashed < this.#heldBytes)
      this.signature.update(this.#held.subarray(this.#hashed, this.#heldBytes));
    this.#hashed = this.#heldBytes;
  }

  /** The memory that is not written to does not exist yet, so all there may ever be costs no more than a part. */
  #moreRoom(neededBytes: number): void {
    const all = (this.declaredBytes ?? this.maxBytes) - (this.#length - this.#heldBytes);
    const room = Buffer.allocUnsafeSlow(neededBytes <= STEP_BYTES ? Math.min(STEP_BYTES, all) : all);
    this.#held.copy(room, 0, 0, this.#heldBytes);
    this.#held = room;
  }
}

const EMPTY = Buffer.alloc(0);
