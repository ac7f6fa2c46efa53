import { type INestApplication } from '@nestjs/common';
import {
  ApiBody,
  ApiExcludeEndpoint,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  DocumentBuilder,
  type OpenAPIObject,
  SwaggerModule,
} from '@nestjs/swagger';

import { FORWARD_STATES } from '../../model/forward.js';
import { VERSION } from '../../version.js';
import { DeliveriesController } from '../deliveries.controller.js';
import { DeliveriesModule } from '../deliveries.module.js';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../list-query.js';
import { Delivery, DeliveryList, Discarded, Resend } from './models.js';

const reason = (status: number, description: string) =>
  ApiResponse({ status, description, content: { 'text/plain': { schema: { type: 'string' } } } });

const BAD_REQUEST = reason(400, 'The reason, in one line. Nothing was changed.');
const UNKNOWN = reason(404, 'There is no such delivery.');
const FAILED = reason(503, 'The spool, or room in memory, is not to be had now.');

const parameter = (name: string, description: string, schema: object = {}) =>
  ApiQuery({ name, required: false, description, schema: { type: 'string', ...schema } });

const OPERATIONS: Readonly<Partial<Record<keyof DeliveriesController, readonly MethodDecorator[]>>> = {
  list: [
    ApiOperation({ summary: 'Lists deliveries, newest first.' }),
    parameter('state', 'Some forward is in this state; with backend, the one to it.', {
      enum: FORWARD_STATES,
    }),
    parameter('backend', 'URL or host of a backend.'),
    parameter('guid', 'X-GitHub-Delivery'),
    parameter('event', 'X-GitHub-Event'),
    parameter('repository', 'owner/name'),
    parameter('since', 'RFC 3339, or a duration back such as 1h30m.'),
    parameter('limit', 'Deliveries of a page at most.', {
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
    }),
    parameter('cursor', 'next of the page before. A page with a next may have few deliveries, or none.'),
    ApiResponse({ status: 200, type: DeliveryList }),
    BAD_REQUEST,
  ],
  describe: [ApiExcludeEndpoint()],
  get: [
    ApiOperation({ summary: 'Shows a delivery and every forward of it.' }),
    ApiResponse({ status: 200, type: Delivery }),
    BAD_REQUEST,
    UNKNOWN,
  ],
  resend: [
    ApiOperation({ summary: 'Sends again what is owed or dead of a delivery.' }),
    ApiBody({ type: Resend, required: false }),
    ApiResponse({ status: 200, type: Delivery, description: 'After the attempts; some may be running.' }),
    BAD_REQUEST,
    UNKNOWN,
    reason(409, 'The payload is no longer kept, or there is no such backend to send to.'),
    FAILED,
  ],
  discard: [
    ApiOperation({ summary: 'Discards what is owed or dead of a delivery.' }),
    parameter('backend', 'URL of the one backend; absent: all of the delivery.'),
    ApiResponse({ status: 200, type: Discarded }),
    BAD_REQUEST,
    UNKNOWN,
    reason(409, 'The delivery was not for that backend.'),
    FAILED,
  ],
};

/** The OpenAPI description of `/deliveries`. */
export function createDocument(application: INestApplication): OpenAPIObject {
  const { prototype } = DeliveriesController;
  for (const [name, decorators] of Object.entries(OPERATIONS)) {
    Reflect.decorate([...decorators], prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
  }
  const config = new DocumentBuilder()
    .setTitle('Sprayproxy deliveries')
    .setDescription('What became of webhooks. Payloads and headers are not shown.')
    .setVersion(VERSION)
    .build();
  return SwaggerModule.createDocument(application, config, { include: [DeliveriesModule] });
}
