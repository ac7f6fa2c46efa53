import 'reflect-metadata';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';

export interface Served {
  readonly method: string;
  /** With its parameters, as `/deliveries/:id`. */
  readonly path: string;
}

const paths = (target: object): string[] =>
  [Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined]
    .flat()
    .map((path) => path ?? '');

/** What a controller serves, as its decorators say. */
export function servedBy(controller: Type): Served[] {
  const prototype = controller.prototype as Record<string, object>;
  return Object.getOwnPropertyNames(prototype)
    .map((name) => prototype[name])
    .filter((handler) => handler !== undefined && Reflect.hasMetadata(METHOD_METADATA, handler))
    .flatMap((handler = {}) => {
      const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as number] ?? '';
      return paths(controller).flatMap((prefix) =>
        paths(handler).map((path) => ({
          method,
          path: `/${[prefix, path]
            .flatMap((part) => part.split('/'))
            .filter(Boolean)
            .join('/')}`,
        })),
      );
    });
}
