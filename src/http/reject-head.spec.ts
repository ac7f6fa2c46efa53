import { NotFoundException } from '@nestjs/common';
import { type Request, type Response } from 'express';

import { rejectHead } from './reject-head.js';

it.each([
  ['HEAD', [expect.any(NotFoundException)]],
  ['GET', [undefined]],
  ['POST', [undefined]],
  ['OPTIONS', [undefined]],
])('a %s request goes on with %j', (method, args) => {
  const next = jest.fn();
  rejectHead({ method } as Request, {} as Response, next);
  expect(next.mock.calls).toEqual([args]);
});
