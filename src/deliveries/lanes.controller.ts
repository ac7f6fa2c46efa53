import { Controller, Get, Req } from '@nestjs/common';
import { type Request } from 'express';

import { Spool } from '../spool/spool.js';
import { VERSION } from '../version.js';
import { LaneViews, type LaneView } from './lane-views.js';
import { parametersOf } from './parameters.js';

export interface LaneList {
  readonly backends: readonly LaneView[];
  /** Whether what a backend misses is kept until it has it. */
  readonly keeps: boolean;
  readonly version: string;
}

/** Shows how every backend fares. */
@Controller('deliveries/backends')
export class LanesController {
  constructor(
    private readonly views: LaneViews,
    private readonly spool: Spool,
  ) {}

  /** @throws SprayproxyError `invalid-request` */
  @Get()
  async list(@Req() request: Request): Promise<LaneList> {
    parametersOf(request.url, []);
    return { backends: await this.views.list(), keeps: this.spool.keeps, version: VERSION };
  }
}
