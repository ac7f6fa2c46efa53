import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type ConnectionOptions, type SecureContext } from 'node:tls';

import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { watchFiles } from '../../config/watched-files.js';
import { Logger } from '../../logging/logger.js';
import { backendSecureContext } from './secure-context.js';
import { serverName } from './server-name.js';

/** The TLS of connections to backends, as the files it is made of are now. */
@Injectable()
export class BackendTls implements OnModuleDestroy {
  /** Called when connections made before should carry no further request. */
  onChange: () => void = () => undefined;
  #context: SecureContext;
  readonly #stopWatching: () => void;

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
  ) {
    const { caFile, client } = config.backendTls;
    this.#context = backendSecureContext(config.backendTls);
    const paths = [caFile, client?.certFile, client?.keyFile].filter((path) => path !== undefined);
    this.#stopWatching = watchFiles(paths, () => {
      this.#readAgain();
    });
  }

  /** What is the same for every connection to a host. */
  optionsFor(hostname: string): ConnectionOptions & { readonly secureContext: SecureContext } {
    return {
      secureContext: this.#context,
      servername: serverName(hostname),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: !this.config.skipTlsVerify,
    };
  }

  onModuleDestroy(): void {
    this.#stopWatching();
  }

  /** A file that is gone or half written for a moment must not cut off the backends: the last ones stay good. */
  #readAgain(): void {
    try {
      this.#context = backendSecureContext(this.config.backendTls);
      this.onChange();
      this.logger.info({}, 'certificates for backends read again');
    } catch (error) {
      this.logger.error(
        { why: error instanceof Error ? error.message : String(error) },
        'SPRAYPROXY_BACKEND_CA_FILE, _CLIENT_CERT or _CLIENT_KEY changed and cannot be used; what was read before stays in use',
      );
    }
  }
}
