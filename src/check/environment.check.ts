import { documentedVariables } from '../config/variable.decorators.js';
import { type Finding, fault, ok } from './check-result.js';

/** By variable, what is wrong with it; one finding if nothing is. @param faults each begins with a variable's name. */
export function checkEnvironment(
  environment: Readonly<Record<string, unknown>>,
  faults: readonly string[],
): [subject: string, Finding][] {
  if (faults.length === 0) {
    const set = [...documentedVariables.keys()].filter((name) => (environment[name] ?? '') !== '').length;
    return [['variables', ok(`${set} of ${documentedVariables.size} are set`)]];
  }
  return faults.map((text) => {
    const [name = ''] = /^\w+/.exec(text) ?? [];
    return [name, fault(text.slice(name.length + 1), 'correct it; the start is refused until then')];
  });
}
