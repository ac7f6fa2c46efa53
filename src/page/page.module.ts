import { type MiddlewareConsumer, Module, type NestModule, RequestMethod } from '@nestjs/common';

import { browserHeaders } from '../http/browser-headers.js';
import { PageFiles } from './page-files.js';
import { ServePageMiddleware } from './serve-page.middleware.js';

/** The page at `/deliveries`. */
@Module({ providers: [PageFiles] })
export class PageModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer
      .apply(browserHeaders, ServePageMiddleware)
      .forRoutes(
        { path: 'deliveries', method: RequestMethod.GET },
        { path: 'deliveries/assets/:name', method: RequestMethod.GET },
      );
  }
}
