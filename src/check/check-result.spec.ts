import { fault, joined, ok, warning } from './check-result.js';

describe('findings joined', () => {
  const [good, better] = [ok('TLSv1.3'), ok('90 days left')];
  const [odd, bad] = [warning('odd', 'mend it'), fault('bad', 'replace it')];

  it.each([
    ['all that is ok', [good, better], ok('TLSv1.3, 90 days left')],
    ['what is odd only', [good, odd], warning('odd', 'mend it')],
    ['the worst status', [odd, good, bad], fault('odd; bad', 'mend it; replace it')],
  ])('say %s', (_what, findings, expected) => {
    expect(joined(findings)).toEqual(expected);
  });
});
