import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY } from '../../manifests/support/kustomize.js';

/** What the runbook has people ask Prometheus; `<host>` stands for a backend. */
export const runbookQueries: readonly string[] = [
  ...new Set(
    [...readFileSync(join(REPOSITORY, 'docs/runbook.md'), 'utf8').matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)]
      .map(([, code = '']) => code)
      .filter((code) => /\b(sprayproxy|nodejs|process|kube|haproxy|probe)_[a-z]|^up\b/.test(code)),
  ),
];
