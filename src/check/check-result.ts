export const CHECK_STATUSES = ['ok', 'warning', 'fault'] as const;

/**
 * - ok: nothing would go wrong.
 * - warning: it works, but should not stay like this.
 * - fault: the start would be refused, or webhooks would not arrive.
 */
export type CheckStatus = (typeof CHECK_STATUSES)[number];

/** What a check has found. Whatever is not ok says what to do about it. */
export type Finding =
  | { readonly status: 'ok'; readonly detail: string }
  | { readonly status: 'warning' | 'fault'; readonly detail: string; readonly advice: string };

/** Every check by its name, in the order of a webhook's way. */
export const CHECK_NAMES = [
  'environment',
  'insecure',
  'secret',
  'port',
  'webhook-tls',
  'metrics-tls',
  'spool',
  'spool-tls',
  'spool-clock',
  'replicas',
  'spool-room',
  'github',
  'backends',
  'filter',
  'dns',
  'tcp',
  'proxy',
  'tls',
  'http',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

export type CheckResult = Finding & {
  readonly check: CheckName;
  /** What was looked at: a variable, an address, a directory, the URL of a backend. Never a secret. */
  readonly subject: string;
  readonly durationMs: number;
};

/** Takes the results as they come. */
export type Report = (result: CheckResult) => void;

export const ok = (detail: string): Finding => ({ status: 'ok', detail });
export const warning = (detail: string, advice: string): Finding => ({ status: 'warning', detail, advice });
export const fault = (detail: string, advice: string): Finding => ({ status: 'fault', detail, advice });

/** The worst of them, and what each that is not ok says; what the ok ones say, if all are. */
export function joined(findings: readonly Finding[]): Finding {
  const problems = findings.filter((finding) => finding.status !== 'ok');
  if (problems.length === 0) return ok(findings.map(({ detail }) => detail).join(', '));
  return {
    status: problems.some(({ status }) => status === 'fault') ? 'fault' : 'warning',
    detail: problems.map(({ detail }) => detail).join('; '),
    advice: problems.map(({ advice }) => advice).join('; '),
  };
}
