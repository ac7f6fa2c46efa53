/** Line ends, and characters whose latin1 byte would be one, would begin another header. */
const UNSENDABLE_TARGET = /[^\x21-\xff]/;
const UNSENDABLE_FIELDS = /[^\t\x20-\xff]/;

/** The fields are the same for every backend a delivery goes to. */
const fieldsOf = new WeakMap<readonly string[], string>();

/**
 * The head of a POST, to be written in latin1.
 * @param rawHeaders names and values in turn
 * @throws Error if something in it cannot be sent
 */
export function requestHead(
  { target, host, proxyAuthorization }: { target: string; host: string; proxyAuthorization?: string },
  rawHeaders: readonly string[],
  bodyBytes: number,
): string {
  if (UNSENDABLE_TARGET.test(target)) throw new Error('the target of a request cannot be sent');
  const proxy = proxyAuthorization === undefined ? '' : `Proxy-Authorization: ${proxyAuthorization}\r\n`;
  return `POST ${target} HTTP/1.1\r\nHost: ${host}\r\n${proxy}Connection: keep-alive\r\n${toFields(rawHeaders)}Content-Length: ${bodyBytes}\r\n\r\n`;
}

function toFields(rawHeaders: readonly string[]): string {
  let fields = fieldsOf.get(rawHeaders);
  if (fields === undefined) {
    if (rawHeaders.some((text) => UNSENDABLE_FIELDS.test(text))) {
      throw new Error('a header of a request cannot be sent');
    }
    fields = '';
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      fields += `${rawHeaders[at] as string}: ${rawHeaders[at + 1] as string}\r\n`;
    }
    fieldsOf.set(rawHeaders, fields);
  }
  return fields;
}
