import { connect, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';

import { type BackendTls } from './backend-tls.js';

/** A TLS server, and the last session with it, by which the next handshake is short. */
export class TlsPeer {
  #last: { readonly session: Buffer; readonly context: SecureContext } | undefined;

  constructor(
    readonly hostname: string,
    private readonly tls: BackendTls,
  ) {}

  /** @param transport a socket, or how to make one */
  connect(transport: ConnectionOptions): TLSSocket {
    const options = this.tls.optionsFor(this.hostname);
    const { secureContext: context } = options;
    const session = this.#last?.context === context ? this.#last.session : undefined;
    const socket = connect({ ...options, ...transport, host: this.hostname, ...(session && { session }) });
    const keep = (made: Buffer) => {
      this.#last = { session: made, context };
    };
    // Not before: who resumes a session is not asked for its name again.
    socket.once('secureConnect', () => {
      const made = socket.getSession();
      if (made !== undefined && socket.getProtocol() === 'TLSv1.2') keep(made);
      socket.on('session', keep);
    });
    socket.once('error', () => {
      this.#last = undefined;
    });
    return socket;
  }
}
