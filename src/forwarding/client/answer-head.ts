/** How the end of a body is told: by its length in bytes, by its chunks, or by the end of the connection. */
export type Framing = number | 'chunked' | 'close';

export interface AnswerHead {
  readonly status: number;
  readonly framing: Framing;
  /** Whether the connection may carry another request once the body has ended. */
  readonly reusable: boolean;
  /** How long the backend keeps an idle connection, in ms; `undefined`: it does not say. */
  readonly keepAliveMs?: number;
  /** The header of that name; empty if there is none. */
  readonly retryAfter: string;
  /** Whether the status line is all that could be read. */
  readonly cutShort?: true;
}

const STATUS_LINE = /^HTTP\/(\d\.\d) ([1-9]\d\d)(?:[ \t\r][^\n]*)?\n/;
const FIELDS = /^(content-length|transfer-encoding|connection|keep-alive|retry-after)[ \t]*:([^\r\n]*)/gim;

/** A bare CR, a NUL, a folded line: who else reads the head may read it otherwise. */
// oxlint-disable-next-line no-control-regex
const DOUBTFUL = /\r(?!\n)|\u0000|\n[ \t]/;

/** Heads that were read lately. Until the date in it changes, a backend sends the same one again and again. */
const lately = new Map<string, AnswerHead>();
const MAX_LATELY = 16;
const MAX_LATELY_LENGTH = 1024;

/**
 * Reads the head of an answer: all of it, or, `cutShort`, what came until the connection broke.
 * @param text in latin1, the empty line that ends it included.
 * @returns `undefined` if it does not begin with a whole status line
 * @see RFC 9112 sections 4, 6.3 and 9.3
 */
export function parseAnswerHead(text: string, cutShort = false): AnswerHead | undefined {
  const known = cutShort ? undefined : lately.get(text);
  if (known !== undefined) return known;
  const head = parse(text, cutShort);
  if (head !== undefined && !cutShort && text.length <= MAX_LATELY_LENGTH) {
    if (lately.size >= MAX_LATELY) lately.clear();
    lately.set(text, head);
  }
  return head;
}

function parse(text: string, cutShort: boolean): AnswerHead | undefined {
  const [line, version, digits] = STATUS_LINE.exec(text) ?? [];
  if (line === undefined) return undefined;
  const status = Number(digits);
  if (cutShort) return { status, framing: 'close', reusable: false, retryAfter: '', cutShort };
  const fields = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(FIELDS)) {
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, before === undefined ? value.trim() : `${before},${value.trim()}`);
  }
  const framing = framingOf(status, fields);
  const connection = tokensOf(fields.get('connection'));
  const persists = version === '1.1' ? !connection.includes('close') : connection.includes('keep-alive');
  const contradictory = fields.has('content-length') && fields.has('transfer-encoding');
  const [, seconds] = /(?:^|[,;\s])timeout=(\d{1,6})/i.exec(fields.get('keep-alive') ?? '') ?? [];
  return {
    status,
    framing,
    reusable: persists && framing !== 'close' && !contradictory && !DOUBTFUL.test(text),
    ...(seconds !== undefined && { keepAliveMs: Number(seconds) * 1000 }),
    retryAfter: fields.get('retry-after') ?? '',
  };
}

function framingOf(status: number, fields: ReadonlyMap<string, string>): Framing {
  if (status === 204 || status === 304) return 0;
  const codings = tokensOf(fields.get('transfer-encoding'));
  if (codings.length > 0) return codings.at(-1) === 'chunked' ? 'chunked' : 'close';
  // Several that are equal are one; of different ones none can be trusted.
  const [length, ...others] = new Set(tokensOf(fields.get('content-length')));
  return length !== undefined && others.length === 0 && /^\d{1,15}$/.test(length) ? Number(length) : 'close';
}

const tokensOf = (list: string | undefined): string[] =>
  list === undefined ? [] : list.split(',').map((token) => token.trim().toLowerCase());
