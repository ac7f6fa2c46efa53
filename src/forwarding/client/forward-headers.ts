const CONNECTION = 'connection';

/** Headers that end at a proxy, and those whose value is the proxy's own affair. @see RFC 9110 section 7.6.1 */
const DROPPED: ReadonlySet<string> = new Set([
  CONNECTION,
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect', // answered by us
  'host', // the backend's own
  'content-length', // recomputed
  'authorization', // meant for us
  'cookie',
]);

/** `proxy-*` is between a client and its proxy; `x-remote-*` is how kube-rbac-proxy names a user. */
const DROPPED_PREFIXES = ['proxy-', 'x-remote-'];

/** Whether a header goes on, by its name as it came: senders use the same few. */
const known = new Map<string, boolean>();
const MAX_KNOWN = 256;

/**
 * Meant for whoever reads the payload: whatever `Connection` says, they are of no connection. Without its signature a webhook
 * would be dropped there after a 202.
 */
const END_TO_END = /^(?:x-github-.*|x-hub-signature.*|content-.*|user-agent|accept)$/;

/**
 * The end-to-end headers of a webhook, names, values, order and repetitions as they came.
 * @param rawHeaders names and values in turn; so is the result.
 */
export function forwardHeaders(rawHeaders: readonly string[]): string[] {
  const named = namedInConnection(rawHeaders);
  const forwarded: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!goesOn(name) || named?.has(name.toLowerCase()) === true) continue;
    forwarded.push(name, rawHeaders[at + 1] as string);
  }
  return forwarded;
}

function goesOn(name: string): boolean {
  let goes = known.get(name);
  if (goes === undefined) {
    const lowerCase = name.toLowerCase();
    goes = !DROPPED.has(lowerCase) && !DROPPED_PREFIXES.some((prefix) => lowerCase.startsWith(prefix));
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, goes);
  }
  return goes;
}

function namedInConnection(rawHeaders: readonly string[]): Set<string> | undefined {
  let named: Set<string> | undefined;
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length !== CONNECTION.length || name.toLowerCase() !== CONNECTION) continue;
    named ??= new Set();
    for (const token of rawHeaders[at + 1]?.split(',') ?? []) {
      const field = token.trim().toLowerCase();
      if (!END_TO_END.test(field)) named.add(field);
    }
  }
  return named;
}
