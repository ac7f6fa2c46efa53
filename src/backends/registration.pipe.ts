import { Injectable, type PipeTransform } from '@nestjs/common';

import { parseJsonObject } from '../http/json-object.js';
import { BackendFilter } from '../model/backend-filter.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { BackendBodyPipe } from './backend-body.pipe.js';

/** Body of POST `/backends`. */
export interface Registration {
  readonly url: string;
  /** `null`: none; absent: it says nothing of it. */
  readonly filter?: BackendFilter | null;
}

/**
 * Reads what `BackendBodyPipe` does, and the filter.
 * @throws SprayproxyError `invalid-json-body`, `invalid-backend`
 */
@Injectable()
export class RegistrationPipe implements PipeTransform<unknown, Registration> {
  readonly #body = new BackendBodyPipe();

  transform(raw: unknown): Registration {
    const { url } = this.#body.transform(raw);
    const { events, repositories } = parseJsonObject(raw);
    if (events === undefined && repositories === undefined) return { url };
    const lists = { events: events ?? undefined, repositories: repositories ?? undefined };
    const filter = BackendFilter.of(lists);
    if (typeof filter === 'string') throw new SprayproxyError('invalid-backend', filter);
    return { url, filter: filter ?? null };
  }
}
