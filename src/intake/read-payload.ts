import { type IncomingMessage } from 'node:http';

import { SprayproxyError } from '../model/sprayproxy-error.js';

export interface ReadPayloadOptions {
  /** Length the sender has declared; `undefined`: it sends in chunks. */
  readonly declaredBytes: number | undefined;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Sees the bytes as they arrive. */
  readonly onBytes: (bytes: Buffer) => void;
}

/** Room that a payload of unknown length begins with: most webhooks need no more. */
const FIRST_ROOM_BYTES = 64 * 1024;

/**
 * Reads the body of a request to its end, holding it in memory once, however small the pieces are that it comes in.
 * @throws SprayproxyError `payload-too-large` the moment the cap is crossed, `payload-timeout`, `payload-aborted`.
 */
export function readPayload(request: IncomingMessage, options: ReadPayloadOptions): Promise<Buffer> {
  const { declaredBytes, maxBytes, timeoutMs, onBytes } = options;
  return new Promise((resolve, reject) => {
    let held: Buffer = Buffer.alloc(0);
    let length = 0;

    const stop = (error: SprayproxyError) => {
      cleanUp();
      reject(error);
    };
    const onData = (bytes: Buffer) => {
      if (length + bytes.length > maxBytes) {
        stop(new SprayproxyError('payload-too-large', `the payload is larger than ${maxBytes} bytes`));
        return;
      }
      onBytes(bytes);
      if (bytes.length === declaredBytes) {
        held = bytes;
      } else {
        if (length + bytes.length > held.length) held = moreRoom(length + bytes.length);
        bytes.copy(held, length);
      }
      length += bytes.length;
    };
    const onEnd = () => {
      cleanUp();
      resolve(held.subarray(0, length));
    };
    /** The memory that is not written to does not exist yet, so all there may ever be costs no more than a part. */
    const moreRoom = (neededBytes: number): Buffer => {
      const first = Math.min(FIRST_ROOM_BYTES, maxBytes);
      const room = Buffer.allocUnsafeSlow(declaredBytes ?? (neededBytes <= first ? first : maxBytes));
      held.copy(room, 0, 0, length);
      return room;
    };
    const onClose = () => {
      stop(new SprayproxyError('payload-aborted', `the sender hung up after ${length} bytes`));
    };
    const timer = setTimeout(() => {
      stop(new SprayproxyError('payload-timeout', `${length} bytes arrived within ${timeoutMs} ms`));
    }, timeoutMs);
    const cleanUp = () => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onClose).off('close', onClose);
      // What comes after is nobody's concern, but an error without a listener would end the process.
      request.on('error', () => undefined);
    };

    if (request.destroyed) {
      onClose();
      return;
    }
    request.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose);
  });
}
