import { Body, Controller, Delete, HttpCode, Post, Req } from '@nestjs/common';
import { type Request } from 'express';

import { BackendRegistry } from '../backends/backend-registry.js';
import { Pauses } from '../backends/pauses.js';
import { Clock } from '../clock/clock.js';
import { remoteUser } from '../http/remote-user.js';
import { requestIdOf } from '../http/request-id.js';
import { Logger } from '../logging/logger.js';
import { SprayproxyError } from '../model/sprayproxy-error.js';
import { Spool } from '../spool/spool.js';
import { parametersOf } from './parameters.js';
import { parsePauseBody, pausedBackend } from './pause-body.js';
import { type PauseView, pauseViewOf } from './pause-view.js';

/** Pauses backends, and resumes them. */
@Controller('deliveries/backends/pause')
export class PausesController {
  constructor(
    private readonly registry: BackendRegistry,
    private readonly pauses: Pauses,
    private readonly spool: Spool,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** @throws SprayproxyError `invalid-request`, `invalid-json-body`, `backend-unknown`, `no-spool`, `spool-failed` */
  @Post()
  @HttpCode(200)
  async pause(
    @Req() request: Request,
    @Body() body: unknown,
  ): Promise<{ readonly backend: string; readonly pause: PauseView }> {
    parametersOf(request.url, []);
    const { backend, until, reason } = parsePauseBody(body, this.clock.now());
    this.#needSpool();
    if (this.registry.get(backend) === undefined)
      throw new SprayproxyError('backend-unknown', 'no such backend');
    const user = remoteUser(request);
    const pause = await this.pauses.pause(backend, {
      ...(until !== undefined && { until }),
      ...(reason !== undefined && { reason }),
      ...(user !== undefined && { user }),
    });
    const view = pauseViewOf(pause);
    this.logger.info(
      { requestId: requestIdOf(request), user, backend, ...view },
      'backend paused on request',
    );
    return { backend, pause: view };
  }

  /** @throws SprayproxyError `invalid-request`, `invalid-json-body`, `backend-not-paused`, `no-spool`, `spool-failed` */
  @Delete()
  async resume(@Req() request: Request, @Body() body: unknown): Promise<{ readonly backend: string }> {
    const backend = pausedBackend(body, parametersOf(request.url, ['backend']).backend);
    this.#needSpool();
    const pause = await this.pauses.end(backend);
    if (pause === undefined) throw new SprayproxyError('backend-not-paused', 'it is not paused');
    const { since } = pauseViewOf(pause);
    this.logger.info(
      { requestId: requestIdOf(request), user: remoteUser(request), backend, since },
      'backend resumed on request',
    );
    return { backend };
  }

  #needSpool(): void {
    if (this.spool.keeps) return;
    throw new SprayproxyError(
      'no-spool',
      'there is no spool to keep what a backend misses while it is paused',
    );
  }
}
