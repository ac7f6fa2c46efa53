import { Injectable, type PipeTransform } from '@nestjs/common';
import { IsString, validateSync } from 'class-validator';

import { SprayproxyError } from '../model/sprayproxy-error.js';
import { parseJsonObject } from '../http/json-object.js';

/** Body of POST and DELETE `/backends`. */
export class BackendBody {
  @IsString({ message: '$property must be a string' })
  url = '';
}

/**
 * Reads the raw body as a JSON object, whatever its content type says: `curl --data` calls JSON a form.
 * @throws SprayproxyError `invalid-json-body`, `invalid-backend`
 */
@Injectable()
export class BackendBodyPipe implements PipeTransform<unknown, BackendBody> {
  transform(raw: unknown): BackendBody {
    // Nothing else of the object is looked at: descending into it would overflow the stack where it is deep enough.
    const { url = '' } = parseJsonObject(raw);
    const body = Object.assign(new BackendBody(), { url });
    const [fault] = validateSync(body);
    if (fault !== undefined) {
      throw new SprayproxyError('invalid-backend', Object.values(fault.constraints ?? {}).join('; '));
    }
    return body;
  }
}
