import { request } from 'node:http';
import { Duplex } from 'node:stream';

import { Payload } from '../../../src/model/payload.js';
import { Exchange } from '../../../src/forwarding/client/exchange.js';
import { FakeClock } from '../../support/fake-clock.js';

export interface ReadAnswer {
  readonly status: number;
  readonly body: string;
  /** Whether the body came to its own end. */
  readonly complete: boolean;
}

/** What Node's own client makes of an answer; `undefined`: it does not take it. */
export const readByNode = (pieces: readonly Buffer[]): Promise<ReadAnswer | undefined> =>
  new Promise((resolve) => {
    const socket = new Duplex({
      read: () => undefined,
      write: (_bytes, _encoding, done) => {
        done();
      },
    });
    const asked = request({ createConnection: () => socket, method: 'POST', maxHeaderSize: 64 * 1024 });
    asked.on('error', () => {
      resolve(undefined);
    });
    let answered = false;
    asked.on('close', () => {
      if (!answered) resolve(undefined);
    });
    asked.on('response', (response) => {
      answered = true;
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (text: string) => (body += text));
      response.on('error', () => undefined);
      response.on('close', () => {
        resolve({ status: response.statusCode ?? 0, body, complete: response.complete });
      });
    });
    asked.end();
    for (const piece of pieces) socket.push(piece);
    socket.push(null);
  });

/** What the program's client makes of it. */
export async function readByUs(pieces: readonly Buffer[]): Promise<ReadAnswer | undefined> {
  let cutShort = false;
  const answered = new Promise<{ status: number; excerpt: () => Promise<string> } | undefined>((resolve) => {
    const exchange = new Exchange({
      head: '',
      payload: Payload.of(),
      timeoutMs: 1000,
      clock: new FakeClock(),
      resolve: (answer) => {
        cutShort = answer.head.cutShort === true;
        resolve({ status: answer.head.status, excerpt: () => answer.excerpt('latin1') });
      },
      reject: () => {
        resolve(undefined);
      },
    });
    for (const piece of pieces) {
      // What it keeps must be its own: the memory of a read is used again for the next one.
      const bytes = Buffer.from(piece);
      if (!exchange.over) exchange.read(bytes);
      bytes.fill(0x21);
    }
    exchange.end('the connection has ended');
  });
  const answer = await answered;
  return answer && { status: answer.status, body: await answer.excerpt(), complete: !cutShort };
}
