import { type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * Asks a sender for the body it holds back with `Expect: 100-continue`. Node has refused every other expectation, but
 * those of HTTP/1.0, which knows neither the header nor this answer.
 */
export function sendContinue(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.expect !== undefined && request.httpVersion === '1.1') response.writeContinue();
}
