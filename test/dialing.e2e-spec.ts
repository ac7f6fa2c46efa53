import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  type AddressInfo,
  createServer,
  isIPv6,
  type LookupFunction,
  type Server,
  type Socket,
} from 'node:net';
import { createServer as createTlsServer, type SecureVersion, type TLSSocket } from 'node:tls';

import { BackendTls } from '../src/forwarding/client/backend-tls.js';
import { dialTo, type Peer } from '../src/forwarding/client/dial.js';
import { TlsPeer } from '../src/forwarding/client/tls-peer.js';
import { captureLog } from './support/captured-log.js';
import { onCleanup } from './support/cleanup.js';
import { closedPort } from './support/closed-port.js';
import { configFor } from './support/config-for.js';
import { DeafServer } from './support/deaf-server.js';
import { fixture } from './support/fixture.js';
import { newCounter } from './support/unregistered-metrics.js';

/** Generous: what matters is that it does not take for ever. */
const LONG_MS = 15_000;

async function listening(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(port, host);
  await once(server, 'listening');
  onCleanup(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** The addresses of whatever name. */
const lookupOf =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) => {
    callback(
      null,
      addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
    );
  };

/** A connection, once it is ready, and the first bytes that come on it. */
function dial(peer: Peer) {
  let onBytes: (bytes: Buffer) => void = () => undefined;
  const bytes = new Promise<string>((resolve) => {
    onBytes = (read) => {
      resolve(read.toString());
    };
  });
  const ready = new Promise<Socket>((resolve, reject) => {
    const hangUp = dialTo(peer)({
      onReady: resolve,
      onBytes,
      onOver: (error) => {
        reject(error ?? new Error('it is over'));
      },
    });
    onCleanup(hangUp);
  });
  return { ready, bytes };
}

describe('of the addresses of a name', () => {
  it('the next is tried where one does not answer', async () => {
    const port = await listening(createServer(), '127.0.0.3');
    await DeafServer.start('127.0.0.2', port);
    const startedAt = performance.now();
    const { ready } = dial({ hostname: 'pac.example', port, lookup: lookupOf('127.0.0.2', '127.0.0.3') });
    expect((await ready).remoteAddress).toBe('127.0.0.3');
    expect(performance.now() - startedAt).toBeLessThan(LONG_MS);
  });

  it('one that answers after a second is heard', async () => {
    const slow = await DeafServer.start('127.0.0.2');
    await DeafServer.start('127.0.0.3', slow.port);
    const { port } = slow;
    const { ready } = dial({ hostname: 'pac.example', port, lookup: lookupOf('127.0.0.2', '127.0.0.3') });
    // By then it has knocked, in vain.
    setImmediate(() => {
      setImmediate(() => {
        slow.hear();
      });
    });
    expect((await ready).remoteAddress).toBe('127.0.0.2');
  });

  it.each([
    ['127.0.0.2', '127.0.0.3'],
    ['::1', '127.0.0.3'],
  ])('the next is tried where %s refuses', async (first, second) => {
    const port = await listening(createServer(), second);
    const { ready } = dial({ hostname: 'pac.example', port, lookup: lookupOf(first, second) });
    expect((await ready).remoteAddress).toBe(second);
  });

  it('all are told of where none is reached', async () => {
    const port = await closedPort();
    const { ready } = dial({ hostname: 'pac.example', port, lookup: lookupOf('127.0.0.2', '127.0.0.3') });
    const reason = (host: string) => ({ code: 'ECONNREFUSED', address: host, port });
    await expect(ready).rejects.toMatchObject({ errors: [reason('127.0.0.2'), reason('127.0.0.3')] });
  });
});

describe('a TLS server', () => {
  /** Says `hello` to whoever connects. */
  async function startTls(maxVersion: SecureVersion = 'TLSv1.3') {
    const server = createTlsServer({
      cert: readFileSync(fixture('localhost-cert.pem')),
      key: readFileSync(fixture('localhost-key.pem')),
      maxVersion,
    });
    const met: { name: TLSSocket['servername']; reused: boolean }[] = [];
    server.on('secureConnection', (socket) => {
      socket.on('error', () => undefined);
      met.push({ name: socket.servername, reused: socket.isSessionReused() });
      socket.write('hello');
    });
    return { port: await listening(server), met };
  }

  function peerOf(hostname: string): TlsPeer {
    const config = configFor({ SPRAYPROXY_BACKEND_CA_FILE: fixture('localhost-cert.pem') });
    const tls = new BackendTls(config, captureLog().logger, newCounter('variable', 'reason'));
    onCleanup(() => {
      tls.onModuleDestroy();
    });
    return new TlsPeer(hostname, tls);
  }

  it.each([
    ['localhost', 'localhost'],
    ['localhost.', 'localhost'],
    ['127.0.0.1', false],
  ])('that is called %s is asked for %j', async (hostname, name) => {
    const { port, met } = await startTls();
    const { bytes } = dial({ hostname, port, lookup: lookupOf('127.0.0.1'), tls: peerOf(hostname) });
    expect(await bytes).toBe('hello');
    expect(met).toMatchObject([{ name }]);
  });

  it.each<SecureVersion>(['TLSv1.3', 'TLSv1.2'])('of %s is known again', async (version) => {
    const { port, met } = await startTls(version);
    const tls = peerOf('localhost');
    for (let n = 0; n < 3; n += 1) {
      const { bytes } = dial({ hostname: 'localhost', port, lookup: lookupOf('127.0.0.1'), tls });
      expect(await bytes).toBe('hello');
      // What it is known by again came with that, and is told a moment later.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(met.map(({ reused }) => reused)).toEqual([false, true, true]);
  });

  it('that is another is not trusted, and is not known again', async () => {
    const { port, met } = await startTls();
    const tls = peerOf('elsewhere.example');
    const addresses = lookupOf('127.0.0.1');
    for (let n = 0; n < 2; n += 1) {
      const { ready } = dial({ hostname: 'elsewhere.example', port, lookup: addresses, tls });
      await expect(ready).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    }
    expect(met.filter(({ reused }) => reused)).toEqual([]);
  });
});
