import { readFileSync } from 'node:fs';

import { Backend, type Reaction, type Tls } from '../../testing/backend.js';
import { onCleanup } from './cleanup.js';
import { fixture } from './fixture.js';

export { type Reaction, type ReceivedWebhook } from '../../testing/backend.js';

/** A backend that ends with its test. */
export class BackendServer extends Backend {
  /** @param reactions to the first webhook, the second and so on; the last one is for all that follow. */
  static start(...reactions: Reaction[]): Promise<BackendServer> {
    return BackendServer.#listening(reactions);
  }

  /** @param certificate name of a fixture; each is for the key `localhost-key.pem` */
  static startTls(certificate: string, ...reactions: Reaction[]): Promise<BackendServer> {
    const [cert, key] = [certificate, 'localhost-key.pem'].map((name) => readFileSync(fixture(name))) as [
      Buffer,
      Buffer,
    ];
    return BackendServer.#listening(reactions, { cert, key });
  }

  static async #listening(reactions: readonly Reaction[], tls?: Tls): Promise<BackendServer> {
    const backend = new BackendServer(reactions, tls);
    await backend.listen();
    onCleanup(() => backend.stop());
    return backend;
  }
}
