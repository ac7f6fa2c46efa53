import { randomUUID } from 'node:crypto';

import { signedHeaders } from '../../demo/github.js';

/** Of this run of the bench alone. */
export const SECRET = randomUUID();

const EVENT = 'push';

export interface SignedPayload {
  readonly payload: Buffer;
  /** All that GitHub sends beside Host and Content-Length. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A JSON payload of exactly `bytes` bytes, signed. */
export function signedPayload(bytes: number, guid: string = randomUUID()): SignedPayload {
  const start = Buffer.from(`{"action":"opened","of":"${guid}","fill":"`);
  const payload = Buffer.alloc(bytes, 'x');
  start.copy(payload);
  payload.write('"}', bytes - 2);
  return { payload, headers: signedHeaders({ event: EVENT, guid, payload, secret: SECRET }) };
}
