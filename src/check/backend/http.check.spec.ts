import { judgeAnswer } from './http.check.js';

describe('the answer to a GET', () => {
  it.each([
    [200, 'ok', /^200$/],
    [202, 'ok', /^202$/],
    [302, 'fault', /^302, a redirect elsewhere: a webhook does not follow it$/],
    [401, 'fault', /^401: Pipelines-as-Code answers 200$/],
    [404, 'fault', /^404: Pipelines-as-Code answers 200$/],
    [405, 'warning', /^405: no GET is answered there/],
    [429, 'fault', /^429: the backend, or a router in front of it, is in trouble$/],
    [500, 'fault', /^500: the backend/],
    [503, 'fault', /^503: the backend/],
  ])('%d: %s', (status, expected, detail) => {
    expect(judgeAnswer({ status, location: undefined })).toMatchObject({
      status: expected,
      detail: expect.stringMatching(detail) as string,
    });
  });

  it('makes the target of a redirect safe to show', () => {
    const { detail } = judgeAnswer({ status: 307, location: 'https://login\u001b[2J' });
    expect(detail).toContain('a redirect to https://login\\x1b[2J:');
  });
});
