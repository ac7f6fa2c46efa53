import { type CheckName, type CheckResult, type Finding } from './check-result.js';

/** Gives the time since this call, in ms to one digit. */
export function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => Math.round((performance.now() - startedAt) * 10) / 10;
}

/** Runs one check and measures how long it takes. @param look must not reject. */
export async function timed(
  check: CheckName,
  subject: string,
  look: () => Finding | Promise<Finding>,
): Promise<CheckResult> {
  const elapsed = stopwatch();
  const finding = await look();
  return { check, subject, ...finding, durationMs: elapsed() };
}

/** The same for a check that looks at several things at once. */
export function timedTogether(check: CheckName, look: () => [subject: string, Finding][]): CheckResult[] {
  const elapsed = stopwatch();
  const found = look();
  const durationMs = elapsed();
  return found.map(([subject, finding]) => ({ check, subject, ...finding, durationMs }));
}
