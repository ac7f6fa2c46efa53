import { type BackendFilter, FILTER_KEYS, type FilterKey } from '../model/backend-filter.js';
import { fault, type Finding, joined, ok, warning } from './check-result.js';
import { GITHUB_EVENTS } from './github-events.js';

/** GitHub's accounts have no dots, and at most 39 characters; a repository's address ends in .git, its name does not. */
const ACCOUNT = /^(?!-)[\w*-]+$/;
const MAX_ACCOUNT_LENGTH = 39;

const IS_POSSIBLE: Readonly<Record<FilterKey, (name: string) => boolean>> = {
  events: (name) => GITHUB_EVENTS.has(name),
  repositories: (pattern) => {
    const [account = '', name = ''] = pattern.split('/');
    const isLong = account.replaceAll('*', '').length > MAX_ACCOUNT_LENGTH;
    return ACCOUNT.test(account) && !isLong && !/\.git$|^\.{1,2}$/i.test(name);
  },
};

const ADVICE = {
  events: 'write them as in the header X-GitHub-Event',
  repositories: 'write their full names, or owner/*',
} as const;

/** Whether a filter leaves anything through that GitHub sends. */
export function checkFilter(filter: BackendFilter): Finding {
  const findings = FILTER_KEYS.flatMap((key): Finding[] => {
    const names = filter.lists[key] ?? [];
    const strange = names.filter((name) => !IS_POSSIBLE[key](name));
    if (strange.length === 0) return [];
    const isAll = strange.length === names.length;
    const detail = `GitHub has no ${key} such as ${strange.join(', ')}`;
    return [isAll ? fault(`${detail}: nothing gets through`, ADVICE[key]) : warning(detail, ADVICE[key])];
  });
  return findings.length === 0 ? ok(String(filter)) : joined(findings);
}
