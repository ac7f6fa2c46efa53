import { documentedVariables } from './config/environment-variables.js';
import { helpText } from './help.js';

describe('the help text', () => {
  it.each([...documentedVariables])('tells of %s', (name, { default: standard, effect }) => {
    const byDefault = standard === undefined ? '' : ` [${standard}]`;
    expect(helpText()).toContain(`\n  ${name}${byDefault}\n      ${effect}\n`);
  });

  it.each(['server', 'check', 'deliveries', '--help', '--version', '--port', '--insecure-skip-tls-verify'])(
    'tells of %s',
    (argument) => {
      expect(helpText()).toContain(argument);
    },
  );

  it('shows no default of a secret', () => {
    expect(helpText()).toContain('\n  GH_APP_WEBHOOK_SECRET\n');
  });
});
