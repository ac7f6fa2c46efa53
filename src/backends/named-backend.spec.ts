import { thrownBy } from '../../test/support/thrown-by.js';
import { namedBackend } from './named-backend.js';

const bodyOf = (url: string) => Buffer.from(JSON.stringify({ url }));

describe('a backend to unregister', () => {
  it.each<[what: string, body: unknown, urls: string[]]>([
    ['the body', bodyOf('https://pac'), []],
    ['the query', undefined, ['https://pac']],
    ['the query, beside an empty body', Buffer.alloc(0), ['https://pac']],
    ['the query, beside what is no body', {}, ['https://pac']],
    ['both', bodyOf('https://pac'), ['https://pac']],
    ['both, in different spellings', bodyOf('https://pac/'), ['HTTPS://PAC:443']],
  ])('is named by %s', (_what, body, urls) => {
    expect(namedBackend(body, urls).url).toBe('https://pac');
  });

  it.each<[what: string, body: unknown, urls: string[], code: string]>([
    ['neither', undefined, [], 'invalid-json-body'],
    ['both, differently', bodyOf('https://pac'), ['https://other'], 'invalid-backend'],
    ['both, one of them badly', Buffer.from('url=x'), ['https://pac'], 'invalid-json-body'],
    ['two queries', undefined, ['https://pac', 'https://other'], 'invalid-backend'],
    ['an empty query', undefined, [''], 'invalid-backend'],
    ['a query that is no URL', undefined, ['pac'], 'invalid-backend'],
  ])('is not named by %s', (_what, body, urls, code) => {
    expect(thrownBy(() => namedBackend(body, urls))).toMatchObject({ code });
  });
});
