import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { ROOT } from '../testing/paths.js';

const MAX_COMPRESSED_BYTES = 60 * 1024;
const PAGE = join(ROOT, 'dist/page');

const assets = readdirSync(join(PAGE, 'assets'));
const read = (file: string): Buffer => readFileSync(join(PAGE, file));
const document = read('index.html').toString();

it('is under 60 KB compressed, in all', () => {
  const files = ['index.html', ...assets.map((name) => `assets/${name}`)];
  const bytes = files.reduce((sum, file) => sum + gzipSync(read(file)).length, 0);
  expect(bytes).toBeLessThan(MAX_COMPRESSED_BYTES);
});

it('names its files by what is in them, and has no others', () => {
  expect(assets.filter((name) => !/^\w+-[\w-]{8,}\.(js|css|svg)$/.test(name))).toEqual([]);
  const named = [...document.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url);
  expect(named.toSorted()).toEqual(assets.map((name) => `/deliveries/assets/${name}`).toSorted());
});

it('has nothing inline, which the policy would not let run', () => {
  expect(document).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=|javascript:/i);
});

it('has the licences of the packages in it', () => {
  expect(read('LICENSES').toString()).toMatch(/^=== preact /m);
});
