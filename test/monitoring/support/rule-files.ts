import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { MANIFESTS } from '../../manifests/support/kustomize.js';

const DIRECTORY = join(MANIFESTS, 'components/monitoring/rules');

export const RULE_FILES = readdirSync(DIRECTORY).map((file) => join(DIRECTORY, file));

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (AlertingRule | RecordingRule)[];
}

export const ruleGroups: readonly RuleGroup[] = RULE_FILES.flatMap(
  (file) => (parse(readFileSync(file, 'utf8')) as { groups: RuleGroup[] }).groups,
);

const rules = ruleGroups.flatMap((group) => group.rules);

export const alertingRules = rules.filter((rule): rule is AlertingRule => 'alert' in rule);
export const recordingRules = rules.filter((rule): rule is RecordingRule => 'record' in rule);
