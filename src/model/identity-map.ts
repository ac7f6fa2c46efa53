import { type Identity } from './identity.js';

interface Entry<Value> {
  readonly identity: Identity;
  readonly value: Value;
}

/** Values by the identity of a delivery, several for one if need be; the digest of a payload is made only where GUIDs are equal. */
export class IdentityMap<Value> {
  readonly #byKey = new Map<string, readonly Entry<Value>[]>();

  /** The one that was added last. */
  get(identity: Identity): Value | undefined {
    return this.#byKey.get(identity.key)?.findLast((entry) => entry.identity.equals(identity))?.value;
  }

  add(identity: Identity, value: Value): void {
    const others = this.#byKey.get(identity.key);
    const entry = { identity, value };
    this.#byKey.set(identity.key, others === undefined ? [entry] : [...others, entry]);
  }

  /** @param value the very one that was added */
  remove(identity: Identity, value: Value): void {
    const { key } = identity;
    const others = this.#byKey.get(key)?.filter((entry) => entry.value !== value) ?? [];
    if (others.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, others);
  }

  get size(): number {
    return this.#byKey.size;
  }

  *values(): Generator<Value> {
    for (const entries of this.#byKey.values()) for (const { value } of entries) yield value;
  }
}
