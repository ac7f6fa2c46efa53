import { type KeyObject, verify } from 'node:crypto';

const MAX_AHEAD_SECONDS = 600;

/**
 * What GitHub says of a token it does not take, word for word; `undefined`: it takes it.
 * @param now seconds since the epoch, by GitHub's clock
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function refusalOf(
  authorization: string | undefined,
  { publicKey, appId, now }: { publicKey: KeyObject; appId: string; now: number },
): string | undefined {
  const [, token = ''] = /^bearer (.+)$/i.exec(authorization ?? '') ?? [];
  const [head = '', body = '', signature = ''] = token.split('.');
  if (signature === '') return 'A JSON web token could not be decoded';
  const { alg } = decoded(head);
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${body}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  if (alg !== 'RS256' || !isSigned) return 'A JSON web token could not be decoded';
  const { iss, iat, exp } = decoded(body);
  if (String(iss) !== appId) return 'Integration not found';
  if (typeof iat !== 'number' || iat > now)
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
  if (typeof exp !== 'number' || exp <= now)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
  if (exp > now + MAX_AHEAD_SECONDS) return "'Expiration time' claim ('exp') is too far in the future";
  return undefined;
}

const decoded = (part: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Readonly<Record<string, unknown>>;
