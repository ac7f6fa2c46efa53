import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import { type Socket } from 'node:net';

import { VERSION } from '../version.js';

/** Metrics of a busy service take some 100 KiB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface GetRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Where to: a listener on this host, whatever its certificate; or a connection that is there already. */
  readonly to:
    | { readonly protocol: 'http:' | 'https:'; readonly host: string; readonly port: number }
    | Socket;
  /** Bytes of the answer's body to read at most; the connection is cut then. */
  readonly keep?: number;
}

export interface GetAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
}

/**
 * Sends a `GET`, the only method a check ever uses. Follows no redirect.
 * @throws Error if there is no answer.
 */
export async function httpGet({ path, headers, signal, to, keep }: GetRequest): Promise<GetAnswer> {
  const request = {
    method: 'GET',
    path,
    headers: { 'User-Agent': `sprayproxy/${VERSION} check`, Accept: '*/*', Connection: 'close', ...headers },
    signal,
  };
  const outgoing =
    'protocol' in to
      ? (to.protocol === 'https:' ? https : http).request({
          ...request,
          ...to,
          agent: false,
          rejectUnauthorized: false,
        })
      : http.request({ ...request, createConnection: () => to });
  outgoing.on('error', () => undefined);
  outgoing.end();
  try {
    const [response] = (await once(outgoing, 'response')) as [http.IncomingMessage];
    const text = await beginning(response, keep ?? MAX_ANSWER_BYTES);
    return { status: response.statusCode ?? 0, location: response.headers.location, text };
  } finally {
    outgoing.destroy();
  }
}

async function beginning(response: http.IncomingMessage, keep: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  if (keep > 0) {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= keep) break;
    }
  }
  return Buffer.concat(chunks).subarray(0, keep).toString();
}
