import { documentedVariables } from '../config/environment-variables.js';
import { type Finding, fault, ok, warning } from './check-result.js';

/**
 * By variable, what is wrong with it; one more finding if no value is.
 * @param faults each begins with a variable's name
 */
export function checkEnvironment(
  environment: Readonly<Record<string, unknown>>,
  faults: readonly string[],
): [subject: string, Finding][] {
  const unknown = Object.keys(environment)
    .filter((name) => isUnknown(name, environment[name]))
    .map((name): [string, Finding] => [
      name,
      warning(
        'is not known, and does nothing',
        'correct its name, or unset it; sprayproxy --help lists them all',
      ),
    ]);
  return [...unknown, ...wrongValues(environment, faults)];
}

function wrongValues(
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

/** What Kubernetes sets for each Service, here one that is called sprayproxy or sprayproxy-something. */
const SERVICE_LINK = /_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT_\d+_(TCP|UDP|SCTP)/;
const SERVICE_LINK_VALUE = /^(tcp|udp|sctp):\/\//;

const isUnknown = (name: string, value: unknown): boolean =>
  name.startsWith('SPRAYPROXY_') &&
  !documentedVariables.has(name) &&
  !SERVICE_LINK.test(name) &&
  !SERVICE_LINK_VALUE.test(String(value));
