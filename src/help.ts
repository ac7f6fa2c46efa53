import { documentedVariables } from './config/environment-variables.js';

/** Text of `sprayproxy --help`. */
export function helpText(): string {
  const variables = [...documentedVariables].map(([name, { default: standard, effect }]) => {
    const byDefault = standard === undefined ? '' : ` [${standard}]`;
    return `  ${name}${byDefault}\n      ${effect}`;
  });
  return `sprayproxy: one GitHub App webhook in, every cluster gets it, byte for byte.

Usage: sprayproxy [server]
       sprayproxy check [--help]        tells what would go wrong, and changes nothing
       sprayproxy deliveries [--help]   asks a running one what became of deliveries

Runs until SIGTERM. Other arguments are ignored. It is configured by environment variables [default]:

${variables.join('\n')}

  --help     shows this
  --version  shows the version
`;
}
