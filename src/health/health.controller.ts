import { Controller, Get, Header, Res } from '@nestjs/common';
import { type Response } from 'express';

import { TEXT_PLAIN } from '../http/text-plain.js';
import { Readiness } from './readiness.js';

@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Alive. `/` and `/proxy` answer a GET too: probes and people in doubt ask there. */
  @Get(['/', 'proxy', 'healthz'])
  @Header('Content-Type', TEXT_PLAIN)
  alive(): string {
    return 'healthy';
  }

  /** 503 from the moment a shutdown begins, so that no more webhooks are sent here; and while what is owed cannot be kept. */
  @Get('readyz')
  @Header('Content-Type', TEXT_PLAIN)
  ready(@Res({ passthrough: true }) response: Response): string {
    const { fault } = this.readiness;
    if (fault === undefined) return 'ready';
    response.status(503);
    return fault;
  }
}
