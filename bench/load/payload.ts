import { randomUUID } from 'node:crypto';

import { signedHeaders } from '../../testing/github/signed-headers.js';

/** Of this run of the bench alone. */
export const SECRET = randomUUID();

const EVENT = 'push';

export interface SignedPayload {
  /** One after the other, they are the bytes that were signed. */
  readonly parts: readonly Buffer[];
  /** All that GitHub sends beside Host and Content-Length. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A JSON payload of exactly `bytes` bytes, signed. */
export function signedPayload(bytes: number, guid: string = randomUUID()): SignedPayload {
  const start = Buffer.from(`{"action":"opened","of":"${guid}","fill":"`);
  const payload = Buffer.alloc(bytes, 'x');
  start.copy(payload);
  payload.write('"}', bytes - 2);
  return { parts: [payload], headers: signedHeaders({ event: EVENT, guid, payload, secret: SECRET }) };
}

export const sizeOf = ({ parts }: SignedPayload): number =>
  parts.reduce((sum, { length }) => sum + length, 0);
