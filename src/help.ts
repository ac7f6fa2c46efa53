import { SERVICE_OPTIONS } from './config/command-line.js';
import { documentedVariables } from './config/environment-variables.js';

/** Text of `sprayproxy --help`. */
export function helpText(): string {
  const variables = [...documentedVariables].map(([name, { default: standard, effect }]) => {
    const byDefault = standard === undefined ? '' : ` [${standard}]`;
    return `  ${name}${byDefault}\n      ${effect}`;
  });
  return `sprayproxy: one GitHub App webhook in, every cluster gets it, byte for byte.

Usage: sprayproxy [server] [options]
       sprayproxy check [--help]        tells what would go wrong, and changes nothing
       sprayproxy deliveries [--help]   asks a running one what became of deliveries; sends many again, pauses backends
       sprayproxy recover [--help]      asks GitHub to send again what it could not deliver
       sprayproxy spool copy [--help]   copies what is kept to a database, or back

Runs until SIGTERM. It is configured by environment variables [default]:

${variables.join('\n')}

These may be options as well, which come before them, as in --port 8081 for SPRAYPROXY_SERVER_PORT:

${Object.keys(SERVICE_OPTIONS)
  .map((option) => `  --${option}\n`)
  .join('')}
  --help     shows this
  --version  shows the version

Exit code: 0 it was stopped, 1 it could not start, 2 it was called wrongly. The commands have theirs: 1 is a fault that
they found, or no answer; 2 that they were called wrongly.
`;
}
