import { Injectable } from '@nestjs/common';
import { type IncomingMessage, type ServerResponse } from 'node:http';

import { Clock } from '../clock/clock.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { sendContinue } from '../http/send-continue.js';
import { ArrivingBodies } from '../inflight/arriving-bodies.js';
import { InflightBudget } from '../inflight/inflight-budget.js';
import { Payload } from '../model/payload.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { type ReadPayload, readPayload } from './read-payload.js';
import { type PendingSignature } from '../secrets/signature.js';
import { Turns } from './turns.js';

/** Gets the payload of a request into memory, and the room for it. */
@Injectable()
export class PayloadReader {
  readonly #turns = new Turns();

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly budget: InflightBudget,
    private readonly bodies: ArrivingBodies,
    private readonly clock: Clock,
  ) {}

  /**
   * @param signature has seen all the bytes in the end.
   * @throws SprayproxyError `payload-too-large`, `payload-timeout`, `payload-aborted`, `payload-malformed`, `overload`.
   */
  async read(
    request: IncomingMessage,
    response: ServerResponse,
    signature: PendingSignature,
  ): Promise<ReadPayload> {
    const { maxPayloadBytes } = this.config;
    const declaredBytes = contentLength(request);
    if (declaredBytes !== undefined && declaredBytes > maxPayloadBytes) {
      throw new SprayproxyError(
        'payload-too-large',
        `the declared payload is larger than ${maxPayloadBytes} bytes`,
      );
    }
    sendContinue(request, response);
    if (request.complete && !request.destroyed && request.readableLength <= maxPayloadBytes)
      return this.#take(request, response, signature);
    return readPayload(request, {
      declaredBytes,
      maxBytes: maxPayloadBytes,
      signature,
      bodies: this.bodies,
      clock: this.clock,
      turns: this.#turns,
    });
  }

  /** Most webhooks have come in whole by now, together with their heads. */
  async #take(
    request: IncomingMessage,
    response: ServerResponse,
    signature: PendingSignature,
  ): Promise<ReadPayload> {
    const length = request.readableLength;
    const room =
      this.budget.tryReserve(length) ?? (await this.budget.reserve(length, () => hangUp(response)));
    const bytes = (request.read() as Buffer | null) ?? Buffer.alloc(0);
    signature.update(bytes);
    return { payload: Payload.of(bytes), room };
  }
}

/** `undefined` for a chunked body; Node's parser has refused a length that is not a number. */
function contentLength(request: IncomingMessage): number | undefined {
  if (request.headers['transfer-encoding'] !== undefined) return undefined;
  return Number(request.headers['content-length'] ?? 0);
}

function hangUp(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  if (response.closed) controller.abort();
  response.once('close', () => {
    controller.abort();
  });
  return controller.signal;
}
