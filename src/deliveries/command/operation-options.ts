import { commandOptions } from '../../config/command-options.js';
import { UsageError } from '../../config/usage-error.js';
import { parseId } from '../list-query.js';
import { SHOWING_OPTIONS } from './common-options.js';
import { type Connection, connectionOf } from './options.js';

export interface OperationOptions extends Connection {
  /** Of an operation. */
  readonly id?: string;
  readonly json: boolean;
}

/** @returns `undefined`: help is wanted. @throws UsageError, CommandError */
export function parseOperationOptions(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): OperationOptions | undefined {
  const { values, positionals } = commandOptions({
    args: [...args],
    allowPositionals: true,
    options: SHOWING_OPTIONS,
  });
  const { json = false, help = false } = values;
  if (help) return undefined;
  const [id, ...others] = positionals;
  if (others.length > 0) throw new UsageError('give one id at most');
  if (id !== undefined && parseId(id) === undefined)
    throw new UsageError('an id is a number, as lists show it');
  return { ...connectionOf(values, environment), ...(id !== undefined && { id }), json };
}
