import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { fixture } from '../../test/support/fixture.js';
import { checkValidity } from './certificate.check.js';

const DAY_MS = 86_400_000;

describe('the days left of a certificate', () => {
  const certificate = new X509Certificate(readFileSync(fixture('elsewhere-cert.pem')));
  const end = Date.parse('2120-01-01T00:00:00Z');

  it.each([
    [22, 0, 'ok', '22 days left'],
    [21, 0, 'ok', '21 days left'],
    [21, 1, 'warning', 'the certificate has 20 days left'],
    [1, 0, 'warning', 'the certificate has 1 day left'],
    [0, 0, 'warning', 'the certificate has 0 days left'],
    [0, 1, 'fault', 'the certificate expired on 2120-01-01'],
  ])('%d days and -%d ms before its end: %s', (days, ms, status, detail) => {
    expect(checkValidity(certificate, end - days * DAY_MS + ms)).toMatchObject({ status, detail });
  });

  it('tells of one that is not valid yet', () => {
    expect(checkValidity(certificate, Date.parse('2019-12-31T23:59:59Z'))).toMatchObject({
      status: 'fault',
      detail: 'the certificate is valid from 2020-01-01 on',
    });
  });
});
