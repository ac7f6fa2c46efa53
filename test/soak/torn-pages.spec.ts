import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { fixture } from '../support/fixture.js';
import { filledSpool } from '../support/spool/filled-spool.js';
import { readSpool } from '../support/spool/read-spool.js';
import { makeTempDir } from '../support/temp-dir.js';

const PAGE = 4096;
const run = promisify(execFile);

it.each<[string, (page: Buffer, seed: string) => void]>([
  ['zeros', (page) => page.fill(0)],
  ['noise', (page, seed) => page.fill(createHash('sha512').update(seed).digest())],
  ['zeros in its second half', (page) => page.fill(0, PAGE / 2)],
])(
  'a page of %s is noticed at start or does no harm, wherever it is',
  async (_what, overwrite) => {
    const good = await filledSpool(6);
    const expected = await readSpool(good);
    const content = readFileSync(join(await filledSpool(6), 'data.mdb'));

    const outcomeOf = async (page: number): Promise<string> => {
      const dir = makeTempDir();
      const torn = Buffer.from(content);
      overwrite(torn.subarray(page * PAGE, (page + 1) * PAGE), String(page));
      writeFileSync(join(dir, 'data.mdb'), torn);
      const checked = await run(process.execPath, [fixture('inspect-spool.js'), dir]);
      expect(readFileSync(join(dir, 'data.mdb')).equals(torn)).toBe(true);
      if (checked.stdout !== '')
        return checked.stdout.includes('SPRAYPROXY_SPOOL_URL') ? 'noticed' : checked.stdout;
      const { payloads, ...rest } = await readSpool(dir);
      expect({ ...expected, ...rest }).toEqual(expected);
      for (const [n, payload] of payloads.entries()) {
        expect([expected.payloads[n], expect.stringMatching(/is damaged$/)]).toContainEqual(payload);
      }
      return 'harmless';
    };

    const outcomes = new Set<string>();
    for (let page = 0; page < content.length / PAGE; page += 2) {
      for (const outcome of await Promise.all([outcomeOf(page), outcomeOf(page + 1)])) outcomes.add(outcome);
    }
    expect([...outcomes].sort()).toEqual(['harmless', 'noticed']);
  },
  120_000,
);
