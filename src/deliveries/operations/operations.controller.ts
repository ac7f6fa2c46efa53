import { Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';

import { Clock } from '../../clock/clock.js';
import { parseJsonObject } from '../../http/json-object.js';
import { remoteUser } from '../../http/remote-user.js';
import { requestIdOf } from '../../http/request-id.js';
import { Logger } from '../../logging/logger.js';
import { parametersOf } from '../parameters.js';
import { parseBulkRequest } from './bulk-request.js';
import { type Action, type Count, type Filters, type OperationView, viewOfOperation } from './operation.js';
import { OperationsService } from './operations.service.js';
import { Ended } from './patience.js';

/** What an operation would do. */
export interface DryRunView extends Count {
  readonly dryRun: true;
  readonly filters: Filters;
}

export interface OperationList {
  readonly operations: readonly OperationView[];
}

/** Does to many deliveries what can be done to one. Whoever gets here has been authenticated by the proxy in front. */
@Controller('deliveries')
export class OperationsController {
  constructor(
    private readonly operations: OperationsService,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws SprayproxyError `invalid-request`, `invalid-json-body`, `payload-gone`, `forward-conflict`, `spool-failed` */
  @Post('attempts')
  resend(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OperationView | DryRunView | undefined> {
    return this.#begin('resend', request, response);
  }

  /** @throws SprayproxyError `invalid-request`, `invalid-json-body`, `forward-conflict`, `spool-failed` */
  @Delete()
  discard(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OperationView | DryRunView | undefined> {
    return this.#begin('discard', request, response);
  }

  /** @throws SprayproxyError `invalid-request`, `spool-failed` */
  @Get('operations')
  async list(@Req() request: Request): Promise<OperationList> {
    parametersOf(request.url, []);
    return { operations: (await this.operations.list()).map(viewOfOperation) };
  }

  /** @throws SprayproxyError `invalid-request`, `operation-unknown`, `spool-failed` */
  @Get('operations/:id')
  async get(@Req() request: Request, @Param('id') id: string): Promise<OperationView> {
    parametersOf(request.url, []);
    return viewOfOperation(await this.operations.get(id));
  }

  /** @throws SprayproxyError `invalid-request`, `operation-unknown`, `spool-failed` */
  @Delete('operations/:id')
  async cancel(@Req() request: Request, @Param('id') id: string): Promise<OperationView> {
    parametersOf(request.url, []);
    const { operation, isOurs } = await this.operations.cancel(id, remoteUser(request));
    const { state, total, done } = operation;
    if (isOurs) {
      const fields = { ...askedBy(request), operation: id, state, total, done };
      this.logger.info(fields, 'operation cancelled on request');
    }
    return viewOfOperation(operation);
  }

  async #begin(
    action: Action,
    request: Request,
    response: Response,
  ): Promise<OperationView | DryRunView | undefined> {
    const raw: unknown = request.body;
    const body = Buffer.isBuffer(raw) && raw.length > 0 ? parseJsonObject(raw) : {};
    const { dryRun, ...wanted } = parseBulkRequest(action, request.url, body, this.clock.now());
    response.status(200);
    if (dryRun) {
      const gone = new AbortController();
      response.once('close', () => {
        gone.abort();
      });
      try {
        return { dryRun, filters: wanted.filters, ...(await this.operations.count(wanted, gone)) };
      } catch (error) {
        if (error instanceof Ended) return undefined;
        throw error;
      }
    }
    const operation = await this.operations.begin(wanted, remoteUser(request));
    const { id, filters, accepted, total } = operation;
    this.logger.info(
      { ...askedBy(request), operation: id, action, filters, accepted, total },
      'operation begun',
    );
    response.status(202).setHeader('Location', `/deliveries/operations/${id}`);
    return viewOfOperation(operation);
  }
}

const askedBy = (request: Request) => ({ requestId: requestIdOf(request), user: remoteUser(request) });
