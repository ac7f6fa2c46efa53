import { Injectable, type NestMiddleware } from '@nestjs/common';
import { type NextFunction, type Request, type Response } from 'express';

import { pathOf } from '../http/webhook-paths.js';
import { PageFiles } from './page-files.js';

const ROOT = '/deliveries';

/** A file with other content has another name. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Serves the page where the list is, to who would rather have HTML than JSON, and what the page asks for. */
@Injectable()
export class ServePageMiddleware implements NestMiddleware<Request, Response> {
  constructor(private readonly files: PageFiles) {}

  use(request: Request, response: Response, next: NextFunction): void {
    const path = pathOf(request);
    const isPage = path === ROOT;
    if (isPage && request.accepts(['application/json', 'text/html']) !== 'text/html') {
      next();
      return;
    }
    const file = this.files.get(isPage ? 'index.html' : path.slice(ROOT.length + 1));
    if (file === undefined) {
      next();
      return;
    }
    const isGzipped = request.acceptsEncodings(['gzip', 'identity']) === 'gzip';
    response.setHeader('Content-Type', file.type);
    if (!isPage) response.setHeader('Cache-Control', FOR_EVER);
    if (isGzipped) response.setHeader('Content-Encoding', 'gzip');
    response.end(isGzipped ? file.gzipped : file.bytes);
  }
}
