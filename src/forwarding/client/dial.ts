import { connect, type LookupFunction, type Socket } from 'node:net';

import { type TlsPeer } from './tls-peer.js';

/** A first address that does not answer must not use up the attempt; one behind a slow line is to be heard. */
const ADDRESS_TIMEOUT_MS = 2500;

/** How the addresses of a name are tried, one after the other. */
export const addressOptions = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };

export interface DialEvents {
  /** The connection is there, its TLS included. */
  readonly onReady: (socket: Socket) => void;
  /** @param bytes good for this call only */
  readonly onBytes: (bytes: Buffer) => void;
  /** It could not be made, has ended or broke. May be called more than once, never before `Dial` returns. */
  readonly onOver: (error?: Error) => void;
}

/** Makes a connection. @returns what ends it, or gives it up */
export type Dial = (events: DialEvents) => () => void;

export interface Peer {
  /** An IPv6 address without its brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly lookup: LookupFunction;
  /** `undefined`: there is no TLS. */
  readonly tls?: TlsPeer;
}

/** All sockets read into the same memory, one after the other: their own would be 64 KiB for an answer of 150 bytes. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

export const dialTo =
  ({ hostname, port, lookup, tls }: Peer): Dial =>
  ({ onReady, onBytes, onOver }) => {
    const options = {
      ...addressOptions,
      host: hostname,
      port,
      lookup,
      noDelay: true,
      onread: {
        buffer: READ_BUFFER,
        callback: (length: number) => {
          onBytes(READ_BUFFER.subarray(0, length));
          return true;
        },
      },
    };
    const socket = tls === undefined ? connect(options) : tls.connect(options);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      onReady(socket);
    });
    return watch(socket, onOver);
  };

/** For who must not be connected to. */
export const dialNowhere =
  (why: Error): Dial =>
  ({ onOver }) => {
    const immediate = setImmediate(onOver, why);
    return () => {
      clearImmediate(immediate);
    };
  };

/** @returns what destroys it */
export function watch(socket: Socket, onOver: DialEvents['onOver']): () => void {
  socket.on('error', onOver);
  for (const event of ['end', 'close']) {
    socket.on(event, () => {
      onOver();
    });
  }
  return () => {
    socket.destroy();
  };
}
