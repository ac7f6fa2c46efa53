import addFormats from 'ajv-formats';
import { Ajv, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Parameter {
  readonly $ref?: string;
  readonly name?: string;
  readonly in?: string;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<
    Record<
      string,
      { readonly $ref?: string; readonly content?: Readonly<Record<string, { readonly schema: object }>> }
    >
  >;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

const FILE = createRequire(__filename).resolve('@octokit/openapi/generated/api.github.com.json');

/** What GitHub publishes of its API: requests and answers are held to it. */
export class PublishedApi {
  readonly #description = JSON.parse(readFileSync(FILE, 'utf8')) as Description;
  readonly #ajv = addFormats(new Ajv({ strict: false, validateFormats: true }));
  readonly #validators = new Map<string, ValidateFunction>();

  /** @returns what of a request is not described, or not as it is; none: all is */
  faultsInRequest(method: string, target: string): string[] {
    const { pathname, searchParams } = new URL(target, 'http://github.test');
    const operation = this.#operation(method, pathname);
    if (operation === undefined) return [`${method} ${pathname} is not described`];
    const names = (operation.parameters ?? []).map((parameter) => this.#resolved(parameter) as Parameter);
    return [...searchParams.keys()]
      .filter((key) => !names.some(({ name, in: place }) => name === key && place === 'query'))
      .map((key) => `${method} ${pathname}: ${key} is not described`);
  }

  /** @returns the same for an answer; one of 4xx and 5xx need not be described */
  faultsInAnswer(method: string, target: string, status: number, body: unknown): string[] {
    const { pathname } = new URL(target, 'http://github.test');
    const given = this.#operation(method, pathname)?.responses[status];
    if (given === undefined) return status < 400 ? [`${method} ${pathname}: ${status} is not described`] : [];
    const { content } = this.#resolved(given) as typeof given;
    const schema = content?.['application/json']?.schema;
    if (schema === undefined) return [];
    const key = `${method} ${pathname.replace(/\d+/, '')} ${status}`;
    let validate = this.#validators.get(key);
    if (validate === undefined) {
      validate = this.#ajv.compile({ ...schema, components: this.#needed(schema) });
      this.#validators.set(key, validate);
    }
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = '' }) => `${key}: the body${instancePath} ${message}`,
    );
  }

  #operation(method: string, pathname: string): Operation | undefined {
    const path = pathname.replace(/\/deliveries\/[^/]+/, '/deliveries/{delivery_id}');
    return this.#description.paths[path]?.[method.toLowerCase()];
  }

  #resolved(value: { readonly $ref?: string }): object {
    if (value.$ref === undefined) return value;
    const [, , kind = '', name = ''] = value.$ref.split('/');
    return this.#description.components[kind]?.[name] ?? {};
  }

  /** The schemas that one refers to: all of them would take seconds. */
  #needed(schema: object): object {
    const schemas: Record<string, object> = {};
    const add = (value: object) => {
      for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
        if (name in schemas) continue;
        const found = this.#description.components.schemas?.[name] ?? {};
        schemas[name] = found;
        add(found);
      }
    };
    add(schema);
    return { schemas };
  }
}
