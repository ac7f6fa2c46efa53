import { parseArgs } from 'node:util';

import { printable } from '../model/printable.js';
import { UsageError } from './usage-error.js';

/**
 * Options of the service, which the Go program of the same name takes: each is another way to set the variable
 * `SPRAYPROXY_SERVER_<NAME>`, and comes before it.
 */
export const SERVICE_OPTIONS = {
  host: 'string',
  port: 'string',
  backend: 'string',
  'enable-dynamic-backends': 'boolean',
  'insecure-skip-tls-verify': 'boolean',
  'insecure-skip-webhook-verify': 'boolean',
  'metrics-port': 'string',
  'metrics-cert': 'string',
  'metrics-key': 'string',
} as const;

const MAX_SHOWN = 100;

interface Option {
  readonly kind: 'option';
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

export interface CalledCommand {
  /** `undefined`: none is named. */
  readonly name: string | undefined;
  /** All arguments but its name. */
  readonly rest: readonly string[];
}

/** The command that the arguments name first, be there options before it or not. */
export function calledCommand(args: readonly string[]): CalledCommand {
  const named = tokensOf(args).find(({ kind }) => kind === 'positional');
  if (named?.kind !== 'positional') return { name: undefined, rest: args };
  return { name: named.value, rest: args.toSpliced(named.index, 1) };
}

/**
 * The variables that the options of the service set.
 * @param args whose positional ones are ignored: manifests repeat the name of the command
 * @throws UsageError
 */
export function serviceVariables(args: readonly string[]): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const option of tokensOf(args)) {
    if (option.kind !== 'option') continue;
    const name = `SPRAYPROXY_SERVER_${option.name.toUpperCase().replaceAll('-', '_')}`;
    const value = valueOf(option);
    // It may be given more than once, and more than one at a time.
    variables[name] =
      option.name === 'backend'
        ? [...(variables[name]?.split(' ') ?? []), ...value.split(',')].join(' ')
        : value;
  }
  return variables;
}

/** @throws UsageError */
function valueOf({ name, rawName, value, inlineValue = false }: Option): string {
  if (!isServiceOption(name)) throw new UsageError(`unknown option ${printable(rawName, MAX_SHOWN)}`);
  if (SERVICE_OPTIONS[name] === 'boolean') return value ?? 'true';
  // One that is left out must not take the next option for itself.
  const missing = value === undefined || (!inlineValue && value.startsWith('-'));
  if (missing) throw new UsageError(`${rawName} needs a value`);
  return value;
}

const isServiceOption = (name: string): name is keyof typeof SERVICE_OPTIONS =>
  Object.hasOwn(SERVICE_OPTIONS, name);

const tokensOf = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(SERVICE_OPTIONS).map(([name, type]) => [name, { type, multiple: true }]),
    ),
  }).tokens;
