import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { raw } from 'express';

import { expectBody } from '../http/expect-body.js';
import { refuseOtherSites } from '../http/refuse-other-sites.js';
import { BackendAddressPolicy } from './backend-address-policy.js';
import { BackendRegistryModule } from './backend-registry.module.js';
import { BackendsController } from './backends.controller.js';

/** A URL has 2,048 characters at most; the rest is JSON around it. */
const MAX_BODY = '16kb';

@Module({
  imports: [BackendRegistryModule],
  controllers: [BackendsController],
  providers: [BackendAddressPolicy],
})
export class BackendsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const body = raw({ type: () => true, limit: MAX_BODY });
    consumer.apply(refuseOtherSites, expectBody, body).forRoutes(BackendsController);
  }
}
