/** The bytes GitHub signed. Nobody changes them. */
export class Payload {
  #parts: readonly Buffer[];

  private constructor(
    parts: readonly Buffer[],
    /** In bytes. */
    readonly length: number,
  ) {
    this.#parts = parts;
  }

  static of(...parts: readonly Buffer[]): Payload {
    return new Payload(
      parts,
      parts.reduce((sum, { length }) => sum + length, 0),
    );
  }

  /** The bytes as they lie in memory, one part after the other: to send them, nobody has to copy them. */
  get parts(): readonly Buffer[] {
    return this.#parts;
  }

  /** The bytes in one piece. Several parts are copied into one when somebody asks for the first time. */
  get bytes(): Buffer {
    const [first] = this.#parts;
    if (first !== undefined && this.#parts.length === 1) return first;
    const whole = Buffer.concat(this.#parts, this.length);
    this.#parts = [whole];
    return whole;
  }
}
