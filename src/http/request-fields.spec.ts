import { type Request } from 'express';
import { type ServerResponse } from 'node:http';

import { requestFields } from './request-fields.js';
import { assignRequestId } from './request-id.js';

const requestWith = (headers: Request['headers']) => ({ headers }) as Request;
const GUID = '72d3162e-cc78-11e3-81ab-4c9367dc0958';

describe('requestFields', () => {
  it.each([
    [{}, undefined, undefined],
    [{ 'x-github-delivery': GUID, 'x-github-event': 'pull_request' }, GUID, 'pull_request'],
    [{ 'x-github-delivery': '', 'x-github-event': '' }, '', ''],
    [{ 'x-github-delivery': ['a', 'b'] as never }, undefined, undefined],
    [{ 'x-github-event': '\u001b[2Jpush\n' }, undefined, '\\x1b[2Jpush\\x0a'],
  ])('of %j are the delivery %j and the event %j', (headers, delivery, event) => {
    expect(requestFields(requestWith(headers))).toEqual({ requestId: undefined, delivery, event });
  });

  it.each([127, 128, 129])('show 128 characters at most of %d', (length) => {
    const headers = { 'x-github-delivery': 'd'.repeat(length), 'x-github-event': 'e'.repeat(length) };
    const shown = Math.min(length, 128);
    expect(requestFields(requestWith(headers))).toMatchObject({
      delivery: 'd'.repeat(shown),
      event: 'e'.repeat(shown),
    });
  });

  it('have the id of the request, and nothing of its other headers', () => {
    const request = requestWith({
      'x-request-id': 'id',
      authorization: 'Bearer hunter2',
      cookie: 'c=hunter2',
    });
    assignRequestId(request, { setHeader: () => undefined } as unknown as ServerResponse);
    expect(requestFields(request)).toEqual({ requestId: 'id', delivery: undefined, event: undefined });
  });
});
