import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import document from '../../docs/openapi.json';
import { BackendsController } from '../../src/backends/backends.controller.js';
import { DeliveriesController } from '../../src/deliveries/deliveries.controller.js';
import { LanesController } from '../../src/deliveries/lanes.controller.js';
import { PausesController } from '../../src/deliveries/pauses.controller.js';
import { DEFAULT_LIMIT, LIST_PARAMETERS, MAX_LIMIT } from '../../src/deliveries/list-query.js';
import { MAX_OPERATIONS } from '../../src/deliveries/operations/operation-notes.js';
import { ACTIONS, OPERATION_OUTCOMES, OPERATION_STATES } from '../../src/deliveries/operations/operation.js';
import { OperationsController } from '../../src/deliveries/operations/operations.controller.js';
import { FILTER_NAMES } from '../../src/deliveries/operations/bulk-request.js';
import { MAX_KEPT_ATTEMPTS, SHOWN_STATES } from '../../src/model/forward.js';
import { OUTCOMES } from '../../src/model/outcome.js';
import { VERSION } from '../../src/version.js';
import { operations, undescribed } from '../support/description.js';

const ROOT = join(__dirname, '../..');

/** The operations of a controller, as `get /deliveries/{id}`. */
function servedBy(controller: { readonly prototype: object }): string[] {
  const base = String(Reflect.getMetadata(PATH_METADATA, controller));
  return Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(({ value }) => {
    const method = Reflect.getMetadata(METHOD_METADATA, value as object) as RequestMethod | undefined;
    if (method === undefined) return [];
    const path = `/${base}/${String(Reflect.getMetadata(PATH_METADATA, value as object))}`;
    return `${RequestMethod[method].toLowerCase()} ${path.replace(/\/+$/, '').replace(/:(\w+)/g, '{$1}')}`;
  });
}

describe('docs/openapi.json', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = join(ROOT, 'node_modules/.bin/validate-api');
    const { stdout } = await promisify(execFile)(validator, [join(ROOT, 'docs/openapi.json')]);
    expect(JSON.parse(stdout)).toEqual({ valid: true });
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('is of this version', () => {
    expect(document.info.version).toBe(VERSION);
  });

  it('describes what is served, and nothing else', () => {
    const controllers = [
      BackendsController,
      LanesController,
      PausesController,
      DeliveriesController,
      OperationsController,
    ];
    const served = controllers.flatMap(servedBy);
    expect([...operations].sort()).toEqual(served.sort());
  });

  it('knows the words and limits of the program', () => {
    const { schemas } = document.components;
    const { parameters } = document.paths['/deliveries'].get;
    expect(schemas.ForwardState.enum).toEqual(SHOWN_STATES);
    expect(schemas.Attempt.properties.outcome.enum).toEqual(OUTCOMES);
    expect(schemas.Forward.properties.attempts.maxItems).toBe(MAX_KEPT_ATTEMPTS);
    expect(parameters.map(({ name }) => name)).toEqual(LIST_PARAMETERS);
    const { action, state, outcomes } = schemas.Operation.properties;
    expect([action.enum, state.enum]).toEqual([ACTIONS, OPERATION_STATES]);
    expect(Object.keys(outcomes.properties)).toEqual(OPERATION_OUTCOMES);
    expect(schemas.OperationList.properties.operations.maxItems).toBe(MAX_OPERATIONS);
    for (const { parameters: filters } of [
      document.paths['/deliveries/attempts'].post,
      document.paths['/deliveries'].delete,
    ])
      expect(filters.map(({ name }) => name).sort()).toEqual([...FILTER_NAMES].sort());
    expect(parameters.find(({ name }) => name === 'limit')?.schema).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
    });
  });
});

describe('an answer', () => {
  const JSON_TYPE = 'application/json; charset=utf-8';
  const TEXT = 'text/plain; charset=utf-8';
  const attempt = {
    at: '2026-11-24T12:46:00.034Z',
    outcome: 'refused',
    durationMs: 1.5,
    error: 'ECONNREFUSED',
  };
  const forward = { backend: 'https://a.example.com', state: 'owed', attemptCount: 1, attempts: [attempt] };
  const delivery = {
    id: '1795524360034000',
    receivedAt: '2026-11-24T12:46:00.034Z',
    payloadBytes: 2,
    payloadKept: true,
    forwards: [forward],
  };
  const faultsOf = (method: string, path: string, status: number, type: string, body: unknown) =>
    undescribed(method, path, { status, type, text: typeof body === 'string' ? body : JSON.stringify(body) });

  it.each([
    ['GET', '/deliveries/1?a=b', 200, JSON_TYPE, delivery],
    ['HEAD', '/deliveries/1', 200, JSON_TYPE, ''],
    ['GET', '/deliveries?limit=1', 200, JSON_TYPE, { deliveries: [], next: null }],
    ['GET', '/deliveries/openapi.json', 200, JSON_TYPE, document],
    ['POST', '/deliveries/1/attempts', 503, TEXT, 'overloaded'],
    ['GET', '/backends', 200, TEXT, 'Backend urls: '],
    ['GET', '/backends', 200, JSON_TYPE, { backends: [{ url: 'https://a.example.com', origin: 'static' }] }],
    ['PUT', '/backends', 404, TEXT, '404 page not found'],
  ])('may be as it is described: %s %s, %i', (method, path, status, type, body) => {
    expect(faultsOf(method, path, status, type, body)).toEqual([]);
  });

  it.each([
    ['another field', 200, JSON_TYPE, { ...delivery, payload: '{}' }, /additional properties.*"payload"/],
    [
      'another field further in',
      200,
      JSON_TYPE,
      { ...delivery, forwards: [{ ...forward, attempts: [{ ...attempt, headers: {} }] }] },
      /body\/forwards\/0\/attempts\/0 .*"headers"/,
    ],
    ['a field missing', 200, JSON_TYPE, { ...delivery, payloadKept: undefined }, /required.*"payloadKept"/],
    ['a field of another type', 200, JSON_TYPE, { ...delivery, id: 1 }, /body\/id must be string/],
    [
      'a time that is none',
      200,
      JSON_TYPE,
      { ...delivery, receivedAt: 'now' },
      /body\/receivedAt .*date-time/,
    ],
    [
      'another word',
      200,
      JSON_TYPE,
      { ...delivery, forwards: [{ ...forward, state: 'lost' }] },
      /allowed values/,
    ],
    ['another status', 418, TEXT, 'teapot', /this status is not described/],
    ['another type', 200, 'text/html', '<p>', /the type text\/html is not described/],
    ['another text', 404, TEXT, 'gone', /allowed values/],
  ])('with %s is found out', (_what, status, type, body, fault) => {
    const faults = faultsOf('GET', '/deliveries/1', status, type, body);
    expect(faults.join('\n')).toMatch(fault);
  });

  it.each([
    ['PUT', '/backends'],
    ['GET', '/deliveries/1/attempts'],
    ['GET', '/deliveries/1/2/3'],
  ])('of what is not described is found out: %s %s', (method, path) => {
    expect(faultsOf(method, path, 200, TEXT, '')).toEqual([
      `${method} ${path} is not described, and answered 200`,
    ]);
  });
});
