import { type IncomingMessage } from 'node:http';

import { printable } from '../model/printable.js';
import { requestIdOf } from './request-id.js';

/** A GUID has 36 characters, an event's name at most some 40; more is somebody else's. */
const MAX_SHOWN_LENGTH = 128;

/** What every log line about a request says of it. */
export interface RequestFields {
  readonly requestId: string | undefined;
  /** GUID of the delivery. */
  readonly delivery: string | undefined;
  readonly event: string | undefined;
}

export function requestFields(request: IncomingMessage): RequestFields {
  return {
    requestId: requestIdOf(request),
    delivery: shown(request.headers['x-github-delivery']),
    event: shown(request.headers['x-github-event']),
  };
}

const shown = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? printable(header, MAX_SHOWN_LENGTH) : undefined;
