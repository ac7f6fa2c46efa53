import { Injectable, type PipeTransform } from '@nestjs/common';

import { parseJsonObject } from '../http/json-object.js';
import { backendKey } from './list-query.js';
import { invalid } from './parameters.js';

/** Body of POST `/deliveries/:id/attempts`. */
export interface ResendBody {
  /** Key of the one backend to send to; absent: all of the delivery's. */
  readonly backend?: string;
  /** Whether to send to backends too that have answered 2xx or 4xx. */
  readonly accepted: boolean;
}

/**
 * Reads the raw body as a JSON object, whatever its content type says; no body is an empty object.
 * @throws SprayproxyError `invalid-json-body`, `invalid-request`
 */
@Injectable()
export class ResendBodyPipe implements PipeTransform<unknown, ResendBody> {
  transform(raw: unknown): ResendBody {
    // Without a body the parser leaves none.
    const empty = !Buffer.isBuffer(raw) || raw.length === 0;
    const { backend, accepted = false, ...others } = empty ? {} : parseJsonObject(raw);
    if (Object.keys(others).length > 0) invalid('the body may have backend and accepted, nothing else');
    if (typeof accepted !== 'boolean') invalid('accepted must be true or false');
    if (backend === undefined) return { accepted };
    if (typeof backend !== 'string') invalid('backend must be a string');
    return { backend: backendKey(backend, 'backend'), accepted };
  }
}
