import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseListQuery } from '../list-query.js';
import { parseOptions } from './options.js';
import { isPauseVerb, parsePauseOptions } from './pause.js';

const PAGES = ['README.md', 'docs/http.md', 'docs/operating.md', 'docs/runbook.md'];

/** The arguments of each `sprayproxy deliveries` on a page; what a reader puts in is a URL. */
const callsOn = (page: string): string[][] =>
  [
    ...readFileSync(join(__dirname, '../../..', page), 'utf8').matchAll(/sprayproxy deliveries ([^`|#\n]+)/g),
  ].map(([, args = '']) =>
    args
      .replaceAll(/<\w+>|"\$\w+"/g, 'https://a.example.com')
      .trim()
      .split(/\s+/),
  );

it.each(PAGES.flatMap((page) => callsOn(page).map((args) => [page, args] as const)))(
  '%s calls it as it can be called: %j',
  (_page, args) => {
    const [verb, ...rest] = args;
    if (isPauseVerb(verb)) {
      expect(parsePauseOptions(verb, rest, {})).toMatchObject({
        body: { backend: expect.any(String) as string },
      });
      return;
    }
    const { filters } = parseOptions(args, {});
    expect(() => parseListQuery(`/deliveries?${new URLSearchParams(filters).toString()}`, 0)).not.toThrow();
  },
);
