import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type KeyObject } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';

import { readSecretFile } from '../config/secret-file.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { Logger } from '../logging/logger.js';
import { toSecretKey } from './signature.js';

const CHECK_INTERVAL_MS = 1000;

/**
 * The secrets that are good now. The file is looked at by its status: Kubernetes swaps a mounted Secret by a symlink,
 * which change notifications on the file itself miss.
 */
@Injectable()
export class WebhookSecrets implements OnModuleDestroy {
  #keys: readonly KeyObject[];

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
  ) {
    this.#keys = this.#read();
    if (config.secretFile !== undefined) {
      watchFile(config.secretFile, { interval: CHECK_INTERVAL_MS, persistent: false }, () => {
        this.#readAgain();
      });
    }
    if (config.skipWebhookVerify) logger.warn('webhook signatures are not verified: anyone can send one');
  }

  get keys(): readonly KeyObject[] {
    return this.#keys;
  }

  onModuleDestroy(): void {
    if (this.config.secretFile !== undefined) unwatchFile(this.config.secretFile);
  }

  #read(): KeyObject[] {
    const { secret, secretFile } = this.config;
    const secrets = secretFile === undefined ? [] : readSecretFile(secretFile);
    if (secretFile !== undefined && secrets.length === 0) throw new Error('there is no secret in it');
    return [...(secret === undefined ? [] : [secret]), ...secrets].map(toSecretKey);
  }

  /** A file that is gone or empty for a moment must not shut GitHub out: the last secrets stay good. */
  #readAgain(): void {
    try {
      const keys = this.#read();
      this.#keys = keys;
      this.logger.info({ secrets: keys.length }, 'webhook secrets read again');
    } catch (error) {
      this.logger.error(
        { why: error instanceof Error ? error.message : String(error) },
        'GH_APP_WEBHOOK_SECRET_FILE changed and cannot be used; the secrets read before stay in use',
      );
    }
  }
}
