import { type ClassConstructor, plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { CONCERNS, type EnvironmentVariables } from './environment-variables.js';
import { faultsBetween } from './faults-between.js';
import { variablesOf } from './variable.decorators.js';

export interface ReadEnvironment {
  /** What could not be used holds its default here. */
  readonly variables: EnvironmentVariables;
  /** Each names a variable and says what it must be, never what it is. */
  readonly faults: readonly string[];
  /** Names of the variables whose own values cannot be used. */
  readonly faulty: ReadonlySet<string>;
}

/** Reads the environment, whatever is wrong with it. A variable that is empty counts as unset. */
export function readEnvironment(environment: Readonly<Record<string, unknown>>): ReadEnvironment {
  const concerns = toConcerns(environment);
  const errors = concerns.flatMap((concern) => validateSync(concern, { stopAtFirstError: true }));
  const faulty = new Set(errors.map((error) => error.property));
  const faults = [
    ...errors.flatMap((error) => Object.values(error.constraints ?? {})),
    ...faultsBetween(together(concerns), faulty),
  ];
  const usable = Object.entries(environment).filter(([name]) => !faulty.has(name));
  return { variables: together(toConcerns(Object.fromEntries(usable))), faults, faulty };
}

const together = (concerns: readonly object[]) => Object.assign({}, ...concerns) as EnvironmentVariables;

function toConcerns(environment: Readonly<Record<string, unknown>>): object[] {
  return CONCERNS.map((concern: ClassConstructor<object>) => {
    const raw: Record<string, unknown> = {};
    for (const [name, documentation] of variablesOf(concern)) {
      const value = environment[name];
      raw[name] = value === undefined || value === '' ? documentation.default : value;
    }
    return plainToInstance(concern, raw, { exposeUnsetFields: false });
  });
}
