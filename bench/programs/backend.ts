import { type IncomingMessage, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';

import { LoopbackServer } from '../../testing/backend.js';
import { type BackendMessage, type BackendOptions } from './backend-options.js';

/** Reads webhooks and answers them as its argument, `BackendOptions` as JSON, tells. Speaks to the process that forked it. */
const options = JSON.parse(process.argv[2] ?? '') as BackendOptions;

let count = 0;
let firstAt = 0;
let latestAt = 0;

const tell = (message: BackendMessage) => process.send?.(message);

function receive(request: IncomingMessage, response: ServerResponse): void {
  let digest = 0;
  request.on('data', (chunk: Buffer) => {
    if (options.digests) digest = crc32(chunk, digest);
  });
  request.on('end', () => {
    count += 1;
    latestAt = performance.now();
    if (count === 1) firstAt = latestAt;
    if (options.digests) {
      const guid = String(request.headers['x-github-delivery']);
      tell({
        kind: 'digest',
        arrival: { port: request.socket.localPort ?? 0, guid, digest },
      });
    }
    if (options.delayMs === 0) answer(response);
    else if (options.delayMs !== null) setTimeout(answer, options.delayMs, response);
  });
}

const answer = (response: ServerResponse) => response.writeHead(options.status).end('ok');

process.on('message', () => tell({ kind: 'counts', counts: { count, spanMs: latestAt - firstAt } }));
process.on('disconnect', () => process.exit());

async function main(): Promise<void> {
  const servers = Array.from({ length: options.count }, () => new LoopbackServer(receive));
  for (const server of servers) await server.listen();
  tell({ kind: 'listening', ports: servers.map(({ port }) => port) });
}

void main();
