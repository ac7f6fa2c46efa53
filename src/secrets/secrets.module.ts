import { Module } from '@nestjs/common';

import { WebhookSecrets } from './webhook-secrets.js';

@Module({ providers: [WebhookSecrets], exports: [WebhookSecrets] })
export class SecretsModule {}
