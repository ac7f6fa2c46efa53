/** How a payload spells what is looked for. */
interface Notation {
  readonly object: Buffer;
  readonly name: Buffer;
  /** `owner/name`, in two groups. */
  readonly fullName: RegExp;
  /** How far into the object the name may stand: at its beginning, or behind its URLs where its keys are sorted. */
  readonly maxDistance: number;
}

const JSON_TEXT: Notation = {
  object: Buffer.from('"repository":{'),
  name: Buffer.from('"full_name":"'),
  fullName: /^([\w.-]{1,100})\/([\w.-]{1,100})(?=")/,
  maxDistance: 4096,
};

/** The same, where a webhook is configured to send a form. */
const FORM: Notation = {
  object: Buffer.from(encodeURIComponent('"repository":{')),
  name: Buffer.from(encodeURIComponent('"full_name":"')),
  fullName: /^([\w.-]{1,100})%2F([\w.-]{1,100})(?=%22)/,
  maxDistance: 3 * JSON_TEXT.maxDistance,
};

const FORM_BEGINS = Buffer.from('payload=');

/**
 * `owner/name` of the repository that a payload is about, to find a delivery by; `undefined` if it does not say in the
 * way GitHub does. Found in the bytes: quotes within a JSON text are escaped, so no text can look like this, and the
 * last object of that name is the payload's own.
 */
export function repositoryOf(payload: Buffer): string | undefined {
  const isForm = payload.subarray(0, FORM_BEGINS.length).equals(FORM_BEGINS);
  const { object, name, fullName, maxDistance } = isForm ? FORM : JSON_TEXT;
  const begin = payload.lastIndexOf(object);
  if (begin < 0) return undefined;
  const near = payload.subarray(begin, begin + maxDistance);
  const at = near.indexOf(name);
  if (at < 0) return undefined;
  const found = fullName.exec(near.subarray(at + name.length).toString('latin1'));
  return found === null ? undefined : `${found[1]}/${found[2]}`;
}
