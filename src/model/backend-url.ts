import { parseUrl } from './parse-url.js';

export const MAX_BACKEND_URL_LENGTH = 2048;

/**
 * Reads the URL of a backend. Gives the reason, in one line without the URL itself, where it cannot be one.
 */
export function parseBackendUrl(text: string): URL | string {
  if (text === '') return 'url is missing';
  if (text.length > MAX_BACKEND_URL_LENGTH) return `url is longer than ${MAX_BACKEND_URL_LENGTH} characters`;
  // The URL parser would silently strip white space and control characters.
  // oxlint-disable-next-line no-control-regex
  if (/[\s\u0000-\u001f\u007f]/.test(text)) return 'url is not a valid URL';
  const url = parseUrl(text);
  if (url === undefined) return 'url is not a valid URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'url must begin with http:// or https://';
  // The URL parser would take http:host and http:\\host for it as well.
  if (!/^https?:\/\/[^/\\]/i.test(text)) return 'url must begin with http:// or https://, and a host';
  if (url.username !== '' || url.password !== '') return 'url must not contain credentials';
  if (text.includes('#')) return 'url must not contain a fragment';
  // Clients take the list of backends apart at its commas.
  if (text.includes(',')) return 'url must not contain a comma';
  if (!/^([\w.-]+|\[[\da-f:.]+\])$/.test(url.hostname))
    return 'url must name its host by letters, digits, dots and hyphens';
  if (!hasSoundLabels(url.hostname))
    return 'url must name its host by labels of 1 to 63 characters, 253 in all';
  if (url.port === '0') return 'url must not have port 0';
  return url;
}

/** Whether the DNS could know a name, which the URL parser does not ask. @see RFC 1035 section 2.3.4 */
function hasSoundLabels(hostname: string): boolean {
  if (hostname.startsWith('[')) return true;
  const name = hostname.replace(/\.$/, '');
  return name.length <= 253 && name.split('.').every((label) => label.length >= 1 && label.length <= 63);
}
