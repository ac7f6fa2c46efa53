import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { raw } from 'express';

import { BackendRegistryModule } from '../backends/backend-registry.module.js';
import { ForwardingModule } from '../forwarding/forwarding.module.js';
import { expectBody } from '../http/expect-body.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveryFinder } from './delivery-finder.js';
import { DiscardService } from './discard.service.js';
import { ResendService } from './resend.service.js';

/** A URL has 2,048 characters at most; the rest is JSON around it. */
const MAX_BODY = '16kb';

@Module({
  imports: [BackendRegistryModule, ForwardingModule, InflightModule],
  controllers: [DeliveriesController],
  providers: [DeliveryFinder, DiscardService, ResendService],
})
export class DeliveriesModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(expectBody, raw({ type: () => true, limit: MAX_BODY })).forRoutes(DeliveriesController);
  }
}
