/** At random from letters and digits, so many hold 95 bits. */
export const MIN_SECRET_CHARACTERS = 16;
/** Each costs an HMAC of every payload. */
export const MAX_SECRETS = 8;
export const MAX_SECRET_BYTES = 4096;

export const SECRET_FAULTS = [
  'unreadable',
  'empty',
  'too-large',
  'not-text',
  'not-a-secret',
  'too-short',
  'too-many',
] as const;

/** Secrets cannot be used. The message completes "it must …" or tells what happened, and shows no secret. */
export class SecretFault extends Error {
  constructor(
    readonly reason: (typeof SECRET_FAULTS)[number],
    message: string,
  ) {
    super(message);
  }
}

export interface ReadSecrets {
  /** At least one. */
  readonly secrets: readonly string[];
  /** What was dropped, in words. */
  readonly dropped: readonly string[];
}

const BYTE_ORDER_MARK = '\ufeff';

/**
 * Takes a text apart into secrets, one a line. A byte order mark and white space at the end of a line cannot be meant:
 * editors, shells and `base64` leave them. White space anywhere else counts.
 * @throws SecretFault
 */
export function readSecrets(bytes: Buffer): ReadSecrets {
  if (bytes.length > MAX_SECRET_BYTES) {
    throw new SecretFault('too-large', `hold at most ${MAX_SECRET_BYTES} bytes`);
  }
  const text = decode(bytes);
  const unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const lines = unmarked.split(/\r?\n/);
  const secrets = lines.map((line) => line.trimEnd()).filter((line) => line !== '');
  if (secrets.length === 0) throw new SecretFault('empty', 'hold a secret');
  for (const secret of secrets) judge(secret);
  if (secrets.length > MAX_SECRETS) throw new SecretFault('too-many', `hold at most ${MAX_SECRETS} secrets`);
  return {
    secrets,
    dropped: [
      ...(unmarked === text ? [] : ['a byte order mark']),
      ...(lines.every((line) => line === line.trimEnd()) ? [] : ['white space at the end of a line']),
    ],
  };
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SecretFault('not-text', 'be UTF-8 text');
  }
}

/** What is at the place of a secret by mistake, and what to do about it. */
const MISTAKES: readonly (readonly [RegExp, SecretFault['reason'], string])[] = [
  // U+FFFD stands for bytes that were no text.
  [/\ufffd/u, 'not-text', 'be UTF-8 text'],
  [/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, 'not-text', 'hold no control characters and no invisible ones'],
  [/^\s*<[!?/a-z]/iu, 'not-a-secret', 'hold a secret, not an HTML page'],
  [/^-----BEGIN /u, 'not-a-secret', 'hold the webhook secret, not a key or certificate'],
  [/^(["'`]).*\1$/u, 'not-a-secret', 'hold the secret without quotes around it'],
  [
    /^(export\s+)?GH_APP_WEBHOOK_SECRET(_FILE)?\s*[=:]/u,
    'not-a-secret',
    'hold the secret alone, without a name',
  ],
  [/^\$(\w+|\(\w+\)|\{\w+\})$/u, 'not-a-secret', 'hold the secret itself: nothing replaces a $NAME'],
];

function judge(secret: string): void {
  for (const [mistake, reason, message] of MISTAKES) {
    if (mistake.test(secret)) throw new SecretFault(reason, message);
  }
  if (Array.from(secret).length < MIN_SECRET_CHARACTERS) {
    throw new SecretFault('too-short', `hold secrets of at least ${MIN_SECRET_CHARACTERS} characters`);
  }
}
