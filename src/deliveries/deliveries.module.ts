import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { raw } from 'express';

import { BackendRegistryModule } from '../backends/backend-registry.module.js';
import { ForwardingModule } from '../forwarding/forwarding.module.js';
import { browserHeaders } from '../http/browser-headers.js';
import { expectBody } from '../http/expect-body.js';
import { expectJson, refuseOtherSites } from '../http/refuse-other-sites.js';
import { InflightModule } from '../inflight/inflight.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveryFinder } from './delivery-finder.js';
import { DiscardService } from './discard.service.js';
import { LaneViews } from './lane-views.js';
import { LanesController } from './lanes.controller.js';
import { PausesController } from './pauses.controller.js';
import { MAX_BODY } from './parameters.js';
import { ResendService } from './resend.service.js';

@Module({
  imports: [BackendRegistryModule, ForwardingModule, InflightModule],
  // In this order: whatever is at no path of its own is an id.
  controllers: [LanesController, PausesController, DeliveriesController],
  providers: [DeliveryFinder, DiscardService, LaneViews, ResendService],
})
export class DeliveriesModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const body = raw({ type: () => true, limit: MAX_BODY });
    consumer
      .apply(browserHeaders, refuseOtherSites, expectJson, expectBody, body)
      .forRoutes(LanesController, PausesController, DeliveriesController);
  }
}
