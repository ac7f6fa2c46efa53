import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';

import { Pauses } from '../backends/pauses.js';
import { Clock } from '../clock/clock.js';
import { remoteUser } from '../http/remote-user.js';
import { requestIdOf } from '../http/request-id.js';
import { Logger } from '../logging/logger.js';
import { DeliveryFinder, type FoundDelivery } from './delivery-finder.js';
import {
  type DeliveryList,
  type DeliveryView,
  type DiscardView,
  fieldsOf,
  forwardOf,
  type ResendView,
  summaryOf,
  viewOf,
} from './delivery-view.js';
import { readDescription } from './description.js';
import { DiscardService } from './discard.service.js';
import { backendKey, parseListQuery } from './list-query.js';
import { parametersOf } from './parameters.js';
import { type ResendBody, ResendBodyPipe } from './resend-body.pipe.js';
import { ResendService } from './resend.service.js';

/**
 * Shows what became of deliveries, sends them again, discards them. Whoever gets here has been authenticated by the proxy
 * in front. A query with anything unknown in it is refused: a filter misspelt would show, or do, too much.
 */
@Controller('deliveries')
export class DeliveriesController {
  constructor(
    private readonly finder: DeliveryFinder,
    private readonly resends: ResendService,
    private readonly discards: DiscardService,
    private readonly pauses: Pauses,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws SprayproxyError `invalid-request` */
  @Get()
  async list(@Req() request: Request): Promise<DeliveryList> {
    const { found, next } = await this.finder.list(parseListQuery(request.url, this.clock.now()));
    return { deliveries: found.map(summaryOf), next: next === undefined ? null : String(next) };
  }

  @Get('openapi.json')
  describe(): Promise<object> {
    return readDescription();
  }

  /** @throws SprayproxyError `invalid-request`, `delivery-unknown` */
  @Get(':id')
  async get(@Req() request: Request, @Param('id') id: string): Promise<DeliveryView> {
    parametersOf(request.url, []);
    return viewOf(await this.finder.get(id));
  }

  /**
   * Answers 202 where a backend is paused, and owed the delivery instead.
   * @throws SprayproxyError `invalid-request`, `invalid-json-body`, `delivery-unknown`, `payload-gone`,
   *   `forward-conflict`, `no-room`, `spool-failed`
   */
  @Post(':id/attempts')
  @HttpCode(200)
  async resend(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Param('id') id: string,
    @Body(ResendBodyPipe) body: ResendBody,
  ): Promise<ResendView> {
    parametersOf(request.url, []);
    const stored = await this.resends.resend(id, body);
    const { guid, event } = stored.delivery;
    const paused = this.#pausedOf(stored, body);
    const fields = { ...askedBy(request), deliveryId: stored.delivery.id, delivery: guid, event, ...body };
    if (paused.length === 0) {
      this.logger.info(fields, 'delivery sent again on request');
      return viewOf(stored);
    }
    this.logger.info({ ...fields, paused }, 'delivery owed on request: a backend is paused');
    response.status(202);
    return { ...viewOf(stored), paused };
  }

  /** The backends that were to be sent a delivery and are owed it, since they are paused. */
  #pausedOf({ forwards }: FoundDelivery, { backend: wanted }: ResendBody): string[] {
    return forwards
      .filter(({ backend, state }) => state === 'owed' && (wanted ?? backend) === backend)
      .map(({ backend }) => backend)
      .filter((backend) => this.pauses.holds(backend));
  }

  /** @throws SprayproxyError `invalid-request`, `delivery-unknown`, `forward-conflict`, `spool-failed` */
  @Delete(':id')
  async discard(@Req() request: Request, @Param('id') id: string): Promise<DiscardView> {
    const { backend } = parametersOf(request.url, ['backend']);
    const key = backend === undefined ? undefined : backendKey(backend, 'backend');
    const { stored, forwards } = await this.discards.discard(id, key);
    const { guid, event } = stored.delivery;
    const backends = forwards.map((forward) => forward.backend);
    this.logger.info(
      { ...askedBy(request), deliveryId: stored.delivery.id, delivery: guid, event, backends },
      'forwards discarded on request',
    );
    return { ...fieldsOf(stored), discarded: forwards.map(forwardOf) };
  }
}

const askedBy = (request: Request) => ({ requestId: requestIdOf(request), user: remoteUser(request) });
