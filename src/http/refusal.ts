import { STATUS_CODES } from 'node:http';

import { CutOff } from './cut-off.js';

/** An answer that is given before there is a request to answer. */
export interface Refusal {
  readonly status: number;
  readonly cause: CutOff;
}

/** What Node would answer to an error of its parser, and why; `undefined`: the connection broke, and nobody listens. */
export function refusalOf(error: Error & { readonly code?: string }): Refusal | undefined {
  const { code = '', message } = error;
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return { status: 431, cause: new CutOff('headers', message) };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, cause: new CutOff('malformed', message) };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, cause: new CutOff('timeout', 'the request did not come in time') };
    case 'HPE_INVALID_EOF_STATE':
      return { status: 400, cause: new CutOff('aborted', 'the sender hung up half way') };
    default:
      return code.startsWith('HPE_') ? { status: 400, cause: new CutOff('malformed', message) } : undefined;
  }
}

/** An answer as it goes over the wire, without the help of a response. */
export const answerText = (status: number): string =>
  `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
