import { SprayproxyError } from '../model/sprayproxy-error.js';

/**
 * The object that a body holds, as the body parser for bytes left it.
 * @throws SprayproxyError `invalid-json-body`
 */
export function parseJsonObject(raw: unknown): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.isBuffer(raw) ? raw.toString() : '');
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SprayproxyError('invalid-json-body', 'the body is not a JSON object');
  }
  return value as Record<string, unknown>;
}
