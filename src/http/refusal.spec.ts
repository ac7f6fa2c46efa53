import { answerText, refusalOf } from './refusal.js';

const failing = (code: string | undefined) =>
  Object.assign(new Error('what Node says'), code === undefined ? {} : { code });

it.each([
  ['HPE_HEADER_OVERFLOW', 431, 'headers'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 413, 'malformed'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'timeout'],
  ['HPE_INVALID_EOF_STATE', 400, 'aborted'],
  ['HPE_INVALID_METHOD', 400, 'malformed'],
  ['HPE_CONNECT', 400, 'malformed'],
])('%s is answered with %i, as %s', (code, status, reason) => {
  expect(refusalOf(failing(code))).toMatchObject({ status, cause: { reason } });
});

it.each(['ECONNRESET', 'EPIPE', undefined])('%s is answered to nobody', (code) => {
  expect(refusalOf(failing(code))).toBeUndefined();
});

it('an answer without a response closes its connection', () => {
  expect(answerText(431)).toBe(
    'HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
  );
});
