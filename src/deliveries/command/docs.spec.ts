import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseListQuery } from '../list-query.js';
import { parseBulkRequest } from '../operations/bulk-request.js';
import { parseManyOptions } from './many-options.js';
import { parseOperationOptions } from './operation-options.js';
import { parseOptions } from './options.js';
import { isPauseVerb, parsePauseOptions } from './pause.js';
import { VERBS } from './verbs.js';

const PAGES = ['README.md', 'docs/http.md', 'docs/operating.md', 'docs/runbook.md'];

/** The arguments of each `sprayproxy deliveries` on a page; what a reader puts in is a URL. */
const callsOn = (page: string): string[][] =>
  [
    ...readFileSync(join(__dirname, '../../..', page), 'utf8').matchAll(/sprayproxy deliveries ([^`|#\n]+)/g),
  ].map(([, args = '']) =>
    args
      .replaceAll('<operation>', '1')
      .replaceAll(/<\w+>|"\$\w+"/g, 'https://a.example.com')
      .trim()
      .split(/\s+/),
  );

it.each(PAGES.flatMap((page) => callsOn(page).map((args) => [page, args] as const)))(
  '%s calls it as it can be called: %j',
  (_page, args) => {
    const [verb = '', ...rest] = args;
    if (verb === 'resend' || verb === 'discard') {
      const { filters, accepted } = parseManyOptions(verb, rest, {}) ?? {};
      expect(() =>
        parseBulkRequest(verb, '/', { ...filters, ...(accepted && { accepted }) }, 0),
      ).not.toThrow();
    } else if (isPauseVerb(verb)) {
      expect(parsePauseOptions(verb, rest, {})).toMatchObject({
        body: { backend: expect.any(String) as string },
      });
    } else if (VERBS.has(verb)) {
      expect(() => parseOperationOptions(rest, {})).not.toThrow();
    } else {
      const { filters } = parseOptions(args, {});
      expect(() => parseListQuery(`/deliveries?${new URLSearchParams(filters).toString()}`, 0)).not.toThrow();
    }
  },
);
