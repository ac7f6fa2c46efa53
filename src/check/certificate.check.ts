import { type X509Certificate } from 'node:crypto';

import { fault, type Finding, ok, warning } from './check-result.js';

const DAY_MS = 86_400_000;

/** Time to renew a certificate by hand. */
const MIN_DAYS = 21;

/** How long a certificate is still good for. @param now ms since the epoch */
export function checkValidity({ validFrom, validTo }: X509Certificate, now: number): Finding {
  const days = Math.floor((Date.parse(validTo) - now) / DAY_MS);
  const left = `${days} ${days === 1 ? 'day' : 'days'} left`;
  if (days < 0) return fault(`the certificate expired on ${day(validTo)}`, 'renew the certificate');
  if (Date.parse(validFrom) > now) {
    return fault(`the certificate is valid from ${day(validFrom)} on`, 'look at the clocks of both hosts');
  }
  if (days < MIN_DAYS)
    return warning(`the certificate has ${left}`, 'renew it, and find out why it was not renewed');
  return ok(left);
}

const day = (time: string): string => new Date(time).toISOString().slice(0, 10);
