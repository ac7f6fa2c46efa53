import { type RecoveryConfig } from '../config/recovery-config.js';
import { Github, type HookConfig } from '../recovery/github/github.js';
import { GithubFault } from '../recovery/github/github-fault.js';
import { fault, type Finding, joined, ok, warning } from './check-result.js';

/** Whether GitHub knows the App by its key, and how the App's webhook is set up. Asks, and changes nothing. */
export async function checkGithub(config: RecoveryConfig, timeoutMs: number): Promise<Finding> {
  const warnings: string[] = [];
  const github = new Github({ ...config, timeoutMs, warn: (message) => warnings.push(message) });
  try {
    const name = await github.app();
    const findings = hookFindings(await github.hookConfig());
    // It says so where a token was taken at the second go, by GitHub's clock.
    if (warnings.some((message) => message.includes('time')))
      findings.push(warning('the clock of this host is not that of GitHub', 'set it'));
    return findings.length === 0
      ? ok(`is ${name}, and its webhook is set up as it should be`)
      : joined(findings);
  } catch (error) {
    if (!(error instanceof GithubFault)) throw error;
    return fault(error.message, 'see to that: until then nothing comes back by itself; docs/github-app.md');
  }
}

/** What is not as it should be. */
export function hookFindings({ url, contentType, isTlsVerified }: HookConfig): Finding[] {
  const findings: Finding[] = [];
  if (url === undefined || !/^[^?#]*[^/?#]\/proxy$/.test(url))
    findings.push(
      fault('the URL of its webhook does not end in /proxy', 'set it in the settings of the App'),
    );
  if (contentType !== 'json')
    findings.push(
      fault('its webhook sends forms, which Pipelines-as-Code cannot read', 'set its content type to JSON'),
    );
  if (!isTlsVerified)
    findings.push(
      warning('GitHub does not verify the certificate of its webhook', 'enable SSL verification'),
    );
  return findings;
}
