const OBJECT = Buffer.from('"repository":{');
const NAME = Buffer.from('"full_name":"');

/** The name stands at the beginning of the object, or behind its URLs where its keys are sorted. */
const MAX_DISTANCE = 4096;
const FULL_NAME = /^[\w.-]{1,100}\/[\w.-]{1,100}(?=")/;

/**
 * `owner/name` of the repository that a payload is about, to find a delivery by; `undefined` if it does not say in the
 * way GitHub does. Found in the bytes: quotes within a JSON text are escaped, so no text can look like this, and the
 * last object of that name is the payload's own.
 */
export function repositoryOf(payload: Buffer): string | undefined {
  const object = payload.lastIndexOf(OBJECT);
  if (object < 0) return undefined;
  const near = payload.subarray(object, object + MAX_DISTANCE);
  const name = near.indexOf(NAME);
  return name < 0 ? undefined : FULL_NAME.exec(near.subarray(name + NAME.length).toString('latin1'))?.[0];
}
