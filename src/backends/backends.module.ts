import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { type NextFunction, raw, type Request, type Response } from 'express';

import { sendContinue } from '../http/send-continue.js';
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
    consumer.apply(expectBody, raw({ type: () => true, limit: MAX_BODY })).forRoutes(BackendsController);
  }
}

/** The bytes are JSON as they come, whatever the headers say of them. */
function expectBody(request: Request, response: Response, next: NextFunction): void {
  delete request.headers['content-encoding'];
  sendContinue(request, response);
  next();
}
