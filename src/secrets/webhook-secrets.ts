import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { createHmac, type KeyObject } from 'node:crypto';
import { type Counter } from 'prom-client';

import { readSecretFile } from '../config/secret-file.js';
import { type ReadSecrets, readSecrets, SECRET_FAULTS, SecretFault } from '../config/secrets.js';
import { SprayproxyConfig } from '../config/sprayproxy-config.js';
import { watchFiles } from '../config/watched-files.js';
import { Logger } from '../logging/logger.js';
import { RELOAD_FAILURES } from '../metrics/names.js';
import {
  HmacSignature,
  parseSignature,
  type SignatureHeaders,
  signatureHeaders,
  toSecretKey,
} from './signature.js';

/** So few that many secrets have them. */
const KNOWN_BY_DIGITS = 4;

const FILE = 'GH_APP_WEBHOOK_SECRET_FILE';

/** The secrets that are good now. */
@Injectable()
export class WebhookSecrets implements OnModuleDestroy {
  #keys: readonly KeyObject[];
  readonly #unwatch: (() => void) | undefined;

  constructor(
    private readonly config: SprayproxyConfig,
    private readonly logger: Logger,
    @InjectMetric(RELOAD_FAILURES) private readonly failures: Counter,
  ) {
    this.#keys = this.#read();
    for (const reason of SECRET_FAULTS) failures.inc({ variable: FILE, reason }, 0);
    if (config.secretFile !== undefined) {
      this.#unwatch = watchFiles([config.secretFile], () => {
        this.#readAgain();
      });
    }
    if (config.skipWebhookVerify) logger.warn('webhook signatures are not verified: anyone can send one');
  }

  /** That of the environment first. Empty only where verification is skipped. */
  get keys(): readonly KeyObject[] {
    return this.#keys;
  }

  /** The same for the same secrets, and tells nothing of them. */
  get knownBy(): string {
    return this.#keys
      .map((key) => createHmac('sha256', key).update('known by').digest('hex').slice(0, KNOWN_BY_DIGITS))
      .join(' ');
  }

  /** Whether a header `X-Hub-Signature-256` signs the payload under any of the secrets. */
  signs(payload: Uint8Array, header: string | undefined): boolean {
    const expected = parseSignature(header);
    if (expected === undefined) return false;
    const signature = new HmacSignature(this.#keys, expected);
    signature.update(payload);
    return signature.matches();
  }

  /** Both headers that GitHub would send with the payload under the first secret; `undefined`: there is none. */
  headersFor(payload: Uint8Array): SignatureHeaders | undefined {
    const [first] = this.#keys;
    return first && signatureHeaders(first, payload);
  }

  onModuleDestroy(): void {
    this.#unwatch?.();
  }

  #read(): KeyObject[] {
    const { secret, secretFile } = this.config;
    return [
      ...(secret === undefined
        ? []
        : this.#cleaned('GH_APP_WEBHOOK_SECRET', readSecrets(Buffer.from(secret)))),
      ...(secretFile === undefined ? [] : this.#cleaned(FILE, readSecretFile(secretFile))),
    ].map(toSecretKey);
  }

  #cleaned(variable: string, { secrets, dropped }: ReadSecrets): readonly string[] {
    if (dropped.length > 0) this.logger.warn({ variable, dropped }, 'webhook secrets are read without it');
    return secrets;
  }

  /** A file that is gone or spoilt must not shut GitHub out: the last secrets stay good. */
  #readAgain(): void {
    try {
      const keys = this.#read();
      this.#keys = keys;
      this.logger.info({ secrets: keys.length }, 'webhook secrets read again');
    } catch (error) {
      if (!(error instanceof SecretFault)) throw error;
      const { reason, message } = error;
      this.failures.inc({ variable: FILE, reason });
      this.logger.error(
        { reason, why: reason === 'unreadable' ? message : `it must ${message}` },
        `${FILE} changed and cannot be used; the secrets read before stay in use`,
      );
    }
  }
}
