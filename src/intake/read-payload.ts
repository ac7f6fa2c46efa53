import { type IncomingMessage } from 'node:http';

import { CutOff, type CutOffReason } from '../http/cut-off.js';
import { type ArrivingBodies } from '../inflight/arriving-bodies.js';
import { type Reservation } from '../inflight/inflight-budget.js';
import { type Clock } from '../clock/clock.js';
import { type Payload } from '../model/payload.js';
import { SprayproxyError, type SprayproxyErrorCode } from '../model/sprayproxy-error.js';
import { BodyBuffer } from './body-buffer.js';
import { type PendingSignature } from '../secrets/signature.js';
import { type Turns } from './turns.js';

export interface ReadPayloadOptions {
  /** Length the sender has declared; `undefined`: it sends in chunks. */
  readonly declaredBytes: number | undefined;
  readonly maxBytes: number;
  /** Has seen all the bytes in the end. */
  readonly signature: PendingSignature;
  readonly bodies: ArrivingBodies;
  readonly clock: Clock;
  readonly turns: Turns;
}

export interface ReadPayload {
  readonly payload: Payload;
  /** What it takes. */
  readonly room: Reservation;
}

/** A body in pieces of a few bytes costs some µs a piece; after so many, others have their turn. */
export const PIECES_A_TURN = 8192;

const CODES: Readonly<Record<CutOffReason, SprayproxyErrorCode>> = {
  malformed: 'payload-malformed',
  headers: 'payload-malformed',
  timeout: 'payload-timeout',
  evicted: 'overload',
  aborted: 'payload-aborted',
};

/**
 * Reads the body of a request to its end, taking room as it comes in. While there is none, nothing is read.
 * @throws SprayproxyError `payload-too-large` the moment the cap is crossed, `payload-timeout`, `payload-aborted`,
 *   `payload-malformed`, `overload`.
 */
export function readPayload(request: IncomingMessage, options: ReadPayloadOptions): Promise<ReadPayload> {
  const { declaredBytes, maxBytes, signature, bodies, clock, turns } = options;
  return new Promise((resolve, reject) => {
    const buffer = new BodyBuffer(declaredBytes, maxBytes, signature);
    let pieces = 0;
    let over = false;

    const stop = (error: SprayproxyError) => {
      if (over) return;
      cleanUp();
      bodies.close(body);
      reject(error);
    };
    const body = bodies.open(declaredBytes ?? maxBytes, stop);

    const onData = (bytes: Buffer) => {
      const length = buffer.length + bytes.length;
      if (length > maxBytes)
        stop(new SprayproxyError('payload-too-large', `the payload is larger than ${maxBytes} bytes`));
      else if (body.grow(length)) accept(bytes);
      else awaitRoom(bytes);
    };
    const accept = (bytes: Buffer) => {
      buffer.add(bytes);
      body.pace.arrived(bytes.length);
      pieces += 1;
      if (pieces % PIECES_A_TURN === 0) turns.await(holdBack());
    };
    const awaitRoom = (bytes: Buffer) => {
      const goOn = holdBack();
      body.awaitRoom(buffer.length + bytes.length, clock.monotonic(), () => {
        accept(bytes);
        goOn();
      });
    };
    /** Reads nothing until the function is called that it returns. */
    const holdBack = (): (() => void) => {
      request.pause();
      body.pace.holdBack(clock.monotonic());
      return () => {
        if (over) return;
        body.pace.goOn(clock.monotonic());
        request.resume();
      };
    };
    const onEnd = () => {
      cleanUp();
      const room = body.arrived(buffer.length);
      bodies.close(body);
      resolve({ payload: buffer.whole(), room });
    };
    const onError = (error: Error) => {
      if (error instanceof CutOff) stop(new SprayproxyError(CODES[error.reason], error.message));
      else onClose();
    };
    const onClose = () => {
      stop(new SprayproxyError('payload-aborted', `the sender hung up after ${buffer.length} bytes`));
    };
    const cleanUp = () => {
      over = true;
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      // What comes after is nobody's concern, but an error without a listener would end the process.
      request.on('error', ignore);
    };

    if (request.destroyed) {
      onError(request.errored ?? new Error());
      return;
    }
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

/** Stands outside, since a listener keeps all that is known where it is made: the whole payload, for as long as the request. */
function ignore(): void {
  // Nobody's concern.
}
