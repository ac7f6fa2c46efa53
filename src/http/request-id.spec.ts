import { type IncomingMessage, type ServerResponse } from 'node:http';

import { assignRequestId, requestIdOf } from './request-id.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The id that a request with this `X-Request-Id` gets, and the one its answer says. */
function idsFor(given?: string | string[]) {
  const request = {
    headers: given === undefined ? {} : { 'x-request-id': given },
  } as unknown as IncomingMessage;
  const response = { setHeader: jest.fn() };
  assignRequestId(request, response as unknown as ServerResponse);
  expect(response.setHeader.mock.calls).toEqual([['X-Request-Id', requestIdOf(request)]]);
  return requestIdOf(request);
}

describe('assignRequestId', () => {
  it.each(['1', 'a-b_c.d:e/f+g=h@i', '0af7651916cd43dd8448eb211c80319c', 'a'.repeat(127), 'a'.repeat(128)])(
    'takes over %s',
    (given) => {
      expect(idsFor(given)).toBe(given);
    },
  );

  it.each([
    ...[
      '',
      'a'.repeat(129),
      'a b',
      'a,b',
      'a\n',
      '\na',
      'a\r\nX-Evil: 1',
      '"a"',
      '{a}',
      'ä',
      '\u202ea',
      '\u001b[31m',
    ],
  ])('replaces %j', (given) => {
    expect(idsFor(given)).toMatch(UUID);
  });

  it('replaces a list', () => {
    expect(idsFor(['a', 'b'])).toMatch(UUID);
  });

  it('gives every request without one another', () => {
    expect(idsFor()).toMatch(UUID);
    expect(idsFor()).not.toBe(idsFor());
  });

  it('knows no id of a request it has not seen', () => {
    expect(requestIdOf({} as IncomingMessage)).toBeUndefined();
  });
});
