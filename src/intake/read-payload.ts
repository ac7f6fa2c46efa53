import { type IncomingMessage } from 'node:http';

import { SprayproxyError } from '../errors/sprayproxy-error.js';

export interface ReadPayloadOptions {
  /** Length the sender has declared; `undefined`: it sends in chunks. */
  readonly declaredBytes: number | undefined;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** Sees the bytes as they arrive. */
  readonly onBytes: (bytes: Buffer) => void;
}

/**
 * Reads the body of a request to its end, holding it in memory once.
 * @throws SprayproxyError `payload-too-large` the moment the cap is crossed, `payload-timeout`, `payload-aborted`.
 */
export function readPayload(request: IncomingMessage, options: ReadPayloadOptions): Promise<Buffer> {
  const { declaredBytes, maxBytes, timeoutMs, onBytes } = options;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let whole: Buffer | undefined;
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
      if (declaredBytes === undefined || bytes.length === declaredBytes) {
        chunks.push(bytes);
      } else {
        // Copied in place as it arrives, a large payload never exists twice.
        whole ??= Buffer.allocUnsafeSlow(declaredBytes);
        bytes.copy(whole, length);
      }
      length += bytes.length;
    };
    const onEnd = () => {
      cleanUp();
      const [first = Buffer.alloc(0), second] = chunks;
      resolve(whole ?? (second === undefined ? first : Buffer.concat(chunks, length)));
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
