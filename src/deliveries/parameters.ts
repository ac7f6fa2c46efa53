import { SprayproxyError } from '../model/sprayproxy-error.js';

const MAX_LENGTH = 2048;

/** A URL has 2,048 characters at most; the rest is JSON around it. */
export const MAX_BODY = '16kb';

/**
 * The parameters of a request's query.
 * @param target path and query of the request as they came
 * @throws SprayproxyError `invalid-request` for one that is unknown, empty, too long or there twice
 */
export function parametersOf<Name extends string>(
  target: string,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const at = target.indexOf('?');
  const parameters: Partial<Record<Name, string>> = {};
  for (const [given, value] of new URLSearchParams(at < 0 ? '' : target.slice(at + 1))) {
    const name = names.find((known) => known === given);
    if (name === undefined)
      invalid(names.length === 0 ? NO_PARAMETERS : `known are only ${names.join(', ')}`);
    if (parameters[name] !== undefined) invalid(`${name} is given twice`);
    if (value === '') invalid(`${name} is empty`);
    if (value.length > MAX_LENGTH) invalid(`${name} is longer than ${MAX_LENGTH} characters`);
    parameters[name] = value;
  }
  return parameters;
}

const NO_PARAMETERS = 'there are no query parameters here';

/** @param reason in one line, without what was given: it is the answer */
export function invalid(reason: string): never {
  throw new SprayproxyError('invalid-request', reason);
}
