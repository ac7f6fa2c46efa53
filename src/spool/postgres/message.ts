/** Where replicas tell each other what they have changed. */
export const CHANNEL = 'sprayproxy';

/** The server takes payloads that are shorter. */
const MAX_BYTES = 8000;

/**
 * - owed: a forward will be sent that was not there, or not owed, before.
 * - changed: a claim has ended, or a delivery has left.
 * - backends: the registered backends, or which are paused, are others.
 * - replicas: who is there, or who drains what, has changed.
 * - remembered: keys of deliveries that are remembered, and missed or awaited.
 * - look: anything may have changed.
 */
export type Message =
  | { readonly kind: 'owed'; readonly id: number; readonly backend: string; readonly identityKey: string }
  | { readonly kind: 'changed'; readonly id: number; readonly backend: string }
  | { readonly kind: 'remembered'; readonly keys: readonly string[] }
  | { readonly kind: 'backends' | 'replicas' | 'look' };

/** What fits into no payload is told as `look`. @param holder whose message it is */
export function encode(holder: string, message: Message): string {
  const payload = JSON.stringify([holder, message.kind, ...detailsOf(message)]);
  return Buffer.byteLength(payload) < MAX_BYTES ? payload : encode(holder, { kind: 'look' });
}

/** `undefined`: it is no message that this version knows; others may use the channel too. */
export function decode(payload: string): { holder: string; message: Message } | undefined {
  try {
    const [holder, kind, ...details] = JSON.parse(payload) as unknown[];
    const message = messageOf(kind, details);
    return typeof holder === 'string' && message !== undefined ? { holder, message } : undefined;
  } catch {
    return undefined;
  }
}

function detailsOf(message: Message): readonly (number | string)[] {
  switch (message.kind) {
    case 'owed':
      return [message.id, message.backend, message.identityKey];
    case 'changed':
      return [message.id, message.backend];
    case 'remembered':
      return message.keys;
    case 'backends':
    case 'replicas':
    case 'look':
      return [];
    default:
      return message satisfies never;
  }
}

function messageOf(kind: unknown, details: readonly unknown[]): Message | undefined {
  const [id, backend, identityKey] = details;
  switch (kind) {
    case 'owed':
      return isNumber(id) && isString(backend) && isString(identityKey)
        ? { kind, id, backend, identityKey }
        : undefined;
    case 'changed':
      return isNumber(id) && isString(backend) ? { kind, id, backend } : undefined;
    case 'remembered':
      return details.every(isString) ? { kind, keys: details } : undefined;
    case 'backends':
    case 'replicas':
    case 'look':
      return { kind };
    default:
      return undefined;
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isString = (value: unknown): value is string => typeof value === 'string';
