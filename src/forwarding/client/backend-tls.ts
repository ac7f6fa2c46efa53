import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { type ConnectionOptions, type SecureContext } from 'node:tls';

import { type Counter } from 'prom-client';

import { isKeyPair } from '../../config/key-pair.js';
import { SprayproxyConfig } from '../../config/sprayproxy-config.js';
import { watchFiles } from '../../config/watched-files.js';
import { Logger } from '../../logging/logger.js';
import { RELOAD_FAILURES } from '../../metrics/names.js';
import { backendSecureContext } from './secure-context.js';
import { serverName } from './server-name.js';

const CA_FILE = 'SPRAYPROXY_BACKEND_CA_FILE';
const CLIENT_CERT = 'SPRAYPROXY_BACKEND_CLIENT_CERT';

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
    @InjectMetric(RELOAD_FAILURES) private readonly failures: Counter,
  ) {
    const { caFile, client } = config.backendTls;
    if (caFile !== undefined) failures.inc({ variable: CA_FILE, reason: 'unusable' }, 0);
    if (client !== undefined) failures.inc({ variable: CLIENT_CERT, reason: 'unusable' }, 0);
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

  /** The variable whose file it is that cannot be used. */
  get #faulty(): string {
    const { client } = this.config.backendTls;
    return client === undefined || isKeyPair(client) ? CA_FILE : CLIENT_CERT;
  }

  /** A file that is gone or half written for a moment must not cut off the backends: the last ones stay good. */
  #readAgain(): void {
    try {
      this.#context = backendSecureContext(this.config.backendTls);
      this.onChange();
      this.logger.info({}, 'certificates for backends read again');
    } catch (error) {
      this.failures.inc({ variable: this.#faulty, reason: 'unusable' });
      this.logger.error(
        { why: error instanceof Error ? error.message : String(error) },
        'SPRAYPROXY_BACKEND_CA_FILE, _CLIENT_CERT or _CLIENT_KEY changed and cannot be used; what was read before stays in use',
      );
    }
  }
}
