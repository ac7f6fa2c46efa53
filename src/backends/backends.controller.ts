import { Body, Controller, Delete, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { type Request, type Response } from 'express';

import { SprayproxyError } from '../model/sprayproxy-error.js';
import { requestFields } from '../http/request-fields.js';
import { remoteUser } from '../http/remote-user.js';
import { TEXT_PLAIN } from '../http/text-plain.js';
import { Logger } from '../logging/logger.js';
import { BackendAddressPolicy } from './backend-address-policy.js';
import { BackendRegistry, MAX_REGISTERED_BACKENDS } from './backend-registry.js';
import { type BackendOrigin } from '../model/backend.js';
import { type FilterLists } from '../model/backend-filter.js';
import { namedBackend, toBackend } from './named-backend.js';
import { Pauses } from './pauses.js';
import { type Registration, RegistrationPipe } from './registration.pipe.js';

/** With its charset: clients may ask for the type with it or without. */
const JSON_TYPE = 'application/json; charset=utf-8';

export interface BackendList {
  readonly backends: readonly (FilterLists & { readonly url: string; readonly origin: BackendOrigin })[];
}

/** Adds and removes backends at run time. Whoever gets here has been authenticated by the proxy in front. */
@Controller('backends')
export class BackendsController {
  constructor(
    private readonly registry: BackendRegistry,
    private readonly addressPolicy: BackendAddressPolicy,
    private readonly pauses: Pauses,
    private readonly logger: Logger,
  ) {}

  /** Text that clients take apart by its prefix and `, `; JSON where `Accept` prefers it. */
  @Get()
  list(@Req() request: Request, @Res({ passthrough: true }) response: Response): string | BackendList {
    const backends = this.registry.list();
    response.setHeader('Vary', 'Accept');
    if (request.accepts([TEXT_PLAIN, JSON_TYPE]) === JSON_TYPE) {
      const { filters } = this.registry;
      return {
        backends: backends.map(({ key, url, origin }) => ({ url, origin, ...filters.get(key)?.lists })),
      };
    }
    response.setHeader('Content-Type', TEXT_PLAIN);
    return `Backend urls: ${backends.map(({ url }) => url).join(', ')}`;
  }

  /**
   * Answers 302, without a Location, for a backend that is there already: clients read it as success. With another filter
   * it is registered anew.
   * @throws SprayproxyError `invalid-json-body`, `invalid-backend`, `spool-failed`
   */
  @Post()
  @HttpCode(200)
  @Header('Content-Type', TEXT_PLAIN)
  async register(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body(RegistrationPipe) { url, filter }: Registration,
  ): Promise<string> {
    const backend = toBackend(url);
    if (!this.registry.has(backend)) {
      await this.addressPolicy.check(backend);
      await this.pauses.endUnwanted(backend.key);
    }
    const result = await this.registry.register(backend, filter);
    switch (result) {
      case 'registered':
      case 'changed':
        this.logger.info(
          { ...requestFields(request), user: remoteUser(request), backend: backend.url, ...filter?.lists },
          result === 'registered' ? 'backend registered' : 'filter of a backend changed',
        );
        return 'registered the backend server';
      case 'known':
        response.status(302);
        return 'backend server already registered';
      case 'fixed':
        throw new SprayproxyError(
          'invalid-backend',
          'url is in SPRAYPROXY_SERVER_BACKEND, which says what its filter is',
        );
      case 'full':
        throw new SprayproxyError(
          'invalid-backend',
          `there are ${MAX_REGISTERED_BACKENDS} registered backends already; unregister one first`,
        );
      default:
        return result satisfies never;
    }
  }

  /**
   * A backend of the environment can be removed too; it is back after a restart.
   * @throws SprayproxyError `invalid-json-body`, `invalid-backend`, `backend-unknown`, `spool-failed`
   */
  @Delete()
  @Header('Content-Type', TEXT_PLAIN)
  async unregister(@Req() request: Request, @Body() body: unknown): Promise<string> {
    const { searchParams } = new URL(request.originalUrl, 'http://localhost');
    const removed = await this.registry.unregister(namedBackend(body, searchParams.getAll('url')).key);
    if (removed === undefined) throw new SprayproxyError('backend-unknown', 'no such backend');
    this.logger.info(
      { ...requestFields(request), user: remoteUser(request), backend: removed.url, origin: removed.origin },
      'backend unregistered',
    );
    try {
      if (removed.origin === 'registered') await this.pauses.end(removed.key);
      else await this.pauses.endUnwanted(removed.key);
    } catch (error) {
      this.logger.warn(
        { backend: removed.url, why: String(error) },
        'the pause of an unregistered backend ends when it is registered again',
      );
    }
    return 'backend server unregistered';
  }
}
