import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { raw } from 'express';

import { BackendRegistryModule } from '../../backends/backend-registry.module.js';
import { ForwardingModule } from '../../forwarding/forwarding.module.js';
import { browserHeaders } from '../../http/browser-headers.js';
import { expectBody } from '../../http/expect-body.js';
import { expectJson, refuseOtherSites } from '../../http/refuse-other-sites.js';
import { MAX_BODY } from '../parameters.js';
import { OperationsController } from './operations.controller.js';
import { OperationsService } from './operations.service.js';

/** Its paths look like ids of deliveries: it comes before `DeliveriesModule`. */
@Module({
  imports: [BackendRegistryModule, ForwardingModule],
  controllers: [OperationsController],
  providers: [OperationsService],
})
export class OperationsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const body = raw({ type: () => true, limit: MAX_BODY });
    consumer
      .apply(browserHeaders, refuseOtherSites, expectJson, expectBody, body)
      .forRoutes(OperationsController);
  }
}
