import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import document from '../../docs/openapi.json';

interface Answer {
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Answer & { readonly $ref?: string }>>;
}

export interface Answered {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

const METHODS = ['get', 'post', 'delete'] as const;

const ID = 'openapi.json';
const ajv = addFormats(new Ajv2020({ allErrors: true, allowUnionTypes: true }));
// The schemas are within the document, which is none itself.
ajv.addVocabulary(Object.keys(document));
ajv.addSchema({ $id: ID, ...document });

const paths = Object.entries(document.paths as Readonly<Record<string, Readonly<Record<string, unknown>>>>)
  // A path without a parameter comes before one that would take it for an id.
  .toSorted(([left], [right]) => Number(left.includes('{')) - Number(right.includes('{')))
  .map(([path, item]) => ({ path, item, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }));

/** Every operation of the document, as `get /deliveries/{id}`. */
export const operations: readonly string[] = paths.flatMap(({ path, item }) =>
  METHODS.filter((method) => method in item).map((method) => `${method} ${path}`),
);

const pointer = (...steps: readonly string[]): string =>
  steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

/**
 * What `docs/openapi.json` does not know about an answer.
 * @param target path and query of the request
 * @returns faults, in words; none: it is as described, or nothing is described or served there
 */
export function undescribed(method: string, target: string, answered: Answered): readonly string[] {
  const [path = ''] = target.split('?');
  const { status, type = 'none', text } = answered;
  const found = paths.find(({ pattern }) => pattern.test(path));
  const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
  const operation = found?.item[verb] as Operation | undefined;
  if (found === undefined || operation === undefined) {
    return status === 404 ? [] : [`${method} ${path} is not described, and answered ${status}`];
  }
  const where = `${method} ${found.path}, ${status}`;
  const given = operation.responses[status];
  if (given === undefined) return [`${where}: this status is not described`];
  const name = given.$ref?.split('/').at(-1);
  const at =
    name === undefined
      ? ['paths', found.path, verb, 'responses', String(status)]
      : ['components', 'responses', name];
  const { content = {} } = (name === undefined ? given : componentOf(name)) as Answer;
  if (Object.keys(content).length === 0 && text === '') return [];
  const media = type.replace(/;\s*charset=utf-8$/, '');
  if (!(media in content)) return [`${where}: the type ${type} is not described`];
  if (method === 'HEAD') return [];
  const validate = ajv.getSchema(`${ID}#/${pointer(...at, 'content', media, 'schema')}`) as ValidateFunction;
  if (validate(media === 'application/json' ? JSON.parse(text) : text)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message = '', params }) =>
      `${where}: the body${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const componentOf = (name: string): unknown =>
  (document.components.responses as Readonly<Record<string, unknown>>)[name];
