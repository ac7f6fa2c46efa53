import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Pool } from 'undici';

/**
 * What Node itself costs: the smallest honest program that does what a fan-out proxy must. It checks the signature over
 * the bytes as they arrive, sends them with their headers to every backend at once, and answers when all have. It has
 * no framework, logs, metrics, limits, time-outs, retries or spool. It is configured as Sprayproxy is.
 */
const {
  GH_APP_WEBHOOK_SECRET = '',
  SPRAYPROXY_SERVER_BACKEND = '',
  SPRAYPROXY_SERVER_HOST,
  SPRAYPROXY_SERVER_PORT,
} = process.env;

const key = createSecretKey(GH_APP_WEBHOOK_SECRET, 'utf8');
const pools = SPRAYPROXY_SERVER_BACKEND.split(/\s+/).map((url) => new Pool(url));

/** Of this connection, not of the webhook; undici writes its own. */
const HOP_HEADERS = new Set(['host', 'connection', 'content-length']);

function receive(request: IncomingMessage, response: ServerResponse): void {
  const signature = /^sha256=([0-9a-f]{64})$/.exec(String(request.headers['x-hub-signature-256']))?.[1];
  if (signature === undefined) {
    response.writeHead(400).end('bad request');
    return;
  }
  const hmac = createHmac('sha256', key);
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => {
    hmac.update(chunk);
    chunks.push(chunk);
  });
  request.on('end', () => {
    if (!timingSafeEqual(hmac.digest(), Buffer.from(signature, 'hex'))) {
      response.writeHead(400).end('bad request');
      return;
    }
    const [first = Buffer.alloc(0)] = chunks;
    void fanOut(request.rawHeaders, chunks.length > 1 ? Buffer.concat(chunks) : first, response);
  });
}

async function fanOut(rawHeaders: readonly string[], body: Buffer, response: ServerResponse): Promise<void> {
  const headers: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at] as string, rawHeaders[at + 1] as string];
    if (!HOP_HEADERS.has(name.toLowerCase())) headers.push(name, value);
  }
  const taken = await Promise.all(pools.map((pool) => send(pool, headers, body)));
  const ok = taken.every(Boolean);
  response.writeHead(ok ? 200 : 502).end(ok ? 'proxied' : 'failed to proxy');
}

async function send(pool: Pool, headers: string[], body: Buffer): Promise<boolean> {
  try {
    const answer = await pool.request({ path: '/', method: 'POST', headers, body });
    await answer.body.dump();
    return answer.statusCode < 300;
  } catch {
    return false;
  }
}

createServer((request, response) => {
  if (request.method === 'POST') receive(request, response);
  else response.end('healthy');
}).listen(Number(SPRAYPROXY_SERVER_PORT), SPRAYPROXY_SERVER_HOST);
