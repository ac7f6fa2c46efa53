import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, IsNumber, IsOptional, Max, Min, ValidateBy } from 'class-validator';
import { accessSync, constants, statSync } from 'node:fs';
import { isIP, isIPv6 } from 'node:net';

import { parseUrl } from '../model/parse-url.js';
import { readBackendList } from './backend-list.js';
import { parseGoBoolean, parseGoDurationMs } from './go-values.js';

/** What the help text and `docs/configuration.md` say of an environment variable. */
export interface VariableDocumentation {
  /** The raw text that stands for the variable when it is unset or empty; absent: there is no default. */
  readonly default?: string;
  readonly effect: string;
}

const declared = new Map<unknown, Map<string, VariableDocumentation>>();

/** Declares an environment variable: its name is the property's. */
export const Variable =
  (documentation: VariableDocumentation): PropertyDecorator =>
  (prototype, name) => {
    const variables = variablesOf(prototype.constructor);
    declared.set(prototype.constructor, variables.set(String(name), documentation));
  };

/** The variables that a class declares, by name, in the order of their declaration. */
export const variablesOf = (concern: unknown): Map<string, VariableDocumentation> =>
  declared.get(concern) ?? new Map<string, VariableDocumentation>();

/** Hands on what `parse` understands; leaves the rest as text, for the validator to refuse. */
const parsed = (parse: (text: string) => unknown): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (parse(value) ?? value) : value));

/** A boolean in any spelling of Go's ParseBool. */
export const GoBoolean = (): PropertyDecorator =>
  applyDecorators(
    parsed(parseGoBoolean),
    IsBoolean({
      message: '$property must be one of 1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False',
    }),
  );

/** A duration in Go's notation, of at least `minMs` and at most `maxMs`; the property holds ms. */
export const GoDuration = (minMs: number, maxMs: number): ReturnType<typeof applyDecorators> =>
  applyDecorators(
    parsed(parseGoDurationMs),
    IsNumber({}, { message: '$property must be a duration such as 500ms, 10s or 1m30s' }),
    Min(minMs, { message: `$property must be at least ${minMs}ms` }),
    Max(maxMs, { message: `$property must be at most ${maxMs}ms` }),
  );

const orOff = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }) => (value === 'off' ? null : value)),
  );

/** A duration as above, or `off`, for which the property holds `null`. */
export const GoDurationOrOff = (minMs: number, maxMs: number): ReturnType<typeof applyDecorators> =>
  applyDecorators(orOff(), GoDuration(minMs, maxMs));

/**
 * What to listen on: an IP address, in brackets or without, or a name. Whatever else there may be in an authority is
 * for other variables.
 */
export const ListenHost = (): PropertyDecorator =>
  applyDecorators(
    parsed((text) => (isIPv6(text.replace(/^\[(.*)\]$/, '$1')) ? text.replace(/^\[(.*)\]$/, '$1') : text)),
    ValidateBy({
      name: 'listenHost',
      validator: {
        validate: (host: unknown) => isListenHost(host as string),
        defaultMessage: () =>
          '$property must be an IP address or a host name, without scheme, port or path, as in 127.0.0.1 or ::1',
      },
    }),
  );

/** A name whose last label is a number would be taken for an IPv4 address, in notations that nobody means. */
const isListenHost = (host: string): boolean =>
  isIP(host) !== 0 || (/^[\w-]+(\.[\w-]+)*\.?$/.test(host) && !/(^|\.)(\d+|0x[\da-f]*)\.?$/i.test(host));

/** A whole number in decimal digits, of at least `min` and at most `max`. */
export const WholeNumber = (min: number, max: number): PropertyDecorator =>
  applyDecorators(
    parsed((text) => (/^\d+$/.test(text) ? Number(text) : undefined)),
    IsInt({
      message: ({ value }) =>
        `$property must be a whole number from ${min} to ${max}` +
        // Kubernetes sets it so for a Service of that name.
        (/^(tcp|udp|sctp):/.test(String(value)) ? '; set it, or enableServiceLinks: false in the pod' : ''),
    }),
    Min(min, { message: `$property must be at least ${min}` }),
    Max(max, { message: `$property must be at most ${max}` }),
  );

/** A whole number, or `off`, for which the property holds `null`. */
export const WholeNumberOrOff = (min: number, max: number): PropertyDecorator =>
  applyDecorators(orOff(), WholeNumber(min, max));

/** Where an API is: a URL without a query, and with no name or password in it. */
export const BaseUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'baseUrl',
    validator: {
      validate: (text: unknown) => {
        const url = parseUrl(text as string);
        return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.search + url.hash === '';
      },
      defaultMessage: () => '$property must be a URL as in https://github.example.com/api/v3',
    },
  });

/** The path of a file that this process can read now. */
export const ReadableFile = (): PropertyDecorator =>
  ValidateBy({
    name: 'readableFile',
    validator: {
      validate: (path: unknown) => isReadableFile(path as string),
      defaultMessage: () => '$property must name a file that this process can read',
    },
  });

export function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Backend URLs, and the filters after them. A fault tells which one by its place in the list, starting at 1. */
export const BackendUrls = (): PropertyDecorator => {
  const faultOf = (text: unknown): string | undefined => {
    const list = readBackendList(text as string);
    return typeof list === 'string' ? list : undefined;
  };
  return ValidateBy({
    name: 'backendUrls',
    validator: {
      validate: (text: unknown) => faultOf(text) === undefined,
      defaultMessage: (fault) => `$property must hold backend URLs; ${faultOf(fault?.value) ?? ''}`,
    },
  });
};
