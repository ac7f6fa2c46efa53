import { thrownBy } from '../../test/support/thrown-by.js';
import { BackendBody, BackendBodyPipe } from './backend-body.pipe.js';

const pipe = new BackendBodyPipe();

describe('BackendBodyPipe', () => {
  it.each([
    ['{"url":"https://pac"}', 'https://pac'],
    [' {"url": "https://pac"}\n', 'https://pac'],
    ['{"url":"http://a","url":"http://b","more":[{}]}', 'http://b'],
    ['{"url":"not checked here"}', 'not checked here'],
    ['{"url":""}', ''],
    ['{}', ''],
    ['{"URL":"http://a"}', ''],
    ['{"__proto__":{"url":"http://a"}}', ''],
    ['{"url":"http://a","constructor":1,"toString":1,"then":1,"__proto__":1}', 'http://a'],
    [`{"url":"http://a","deep":${'['.repeat(8000)}${']'.repeat(8000)}}`, 'http://a'],
  ])('reads %.60j', (text, url) => {
    const body = pipe.transform(Buffer.from(text));
    expect(body).toBeInstanceOf(BackendBody);
    expect(body).toEqual({ url });
  });

  it.each(['null', '1', '["http://a"]', '{}', 'true'])('refuses %s as a URL', (url) => {
    const error = thrownBy(() => pipe.transform(Buffer.from(`{"url":${url}}`)));
    expect(error).toMatchObject({ code: 'invalid-backend', message: 'url must be a string' });
  });

  it.each([
    ...['', ' ', '{', '{"url":"http://a"', "{'url':'http://a'}", 'url=http://a', '{}{}', '\ufeff{}'],
    ...['[]', '[{"url":"http://a"}]', '"http://a"', 'null', '1', 'true'],
  ])('refuses %j as a JSON object', (text) => {
    expect(thrownBy(() => pipe.transform(Buffer.from(text)))).toMatchObject({ code: 'invalid-json-body' });
  });

  it.each([[undefined], [null], [{}], [{ url: 'http://a' }], ['{"url":"http://a"}']])(
    'refuses %j, which is no raw body',
    (raw) => {
      expect(thrownBy(() => pipe.transform(raw))).toMatchObject({ code: 'invalid-json-body' });
    },
  );
});
