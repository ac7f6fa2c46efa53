import { Backend } from '../model/backend.js';
import { BackendFilter, FILTER_KEYS, type FilterKey } from '../model/backend-filter.js';
import { parseBackendUrl } from '../model/backend-url.js';

export interface BackendList {
  readonly urls: readonly string[];
  /** By the key of the backend; one without gets every webhook. */
  readonly filters: ReadonlyMap<string, BackendFilter>;
}

export const NO_BACKENDS: BackendList = { urls: [], filters: new Map() };

/** A URL and what follows it, by key. */
interface Item {
  readonly url: string;
  readonly lists: Partial<Record<FilterKey, readonly string[]>>;
}

/** No URL has an equals sign before its colon. */
const FILTER = /^([\w-]*)=(.*)$/;

/**
 * Reads backend URLs, each with its filter after it, all separated by white space. Gives the reason where they are none; it
 * tells which one by its place among the URLs, starting at 1, and never what it is.
 */
export function readBackendList(text: string): BackendList | string {
  const items = itemsOf(text.split(/\s+/).filter((token) => token !== ''));
  if (typeof items === 'string') return items;
  const filters = new Map<string, BackendFilter | undefined>();
  for (const [at, { url: urlText, lists }] of items.entries()) {
    const url = parseBackendUrl(urlText);
    if (typeof url === 'string') return `URL ${at + 1}: ${url}`;
    const filter = BackendFilter.of(lists);
    if (typeof filter === 'string') return `URL ${at + 1}: ${filter}`;
    const { key } = new Backend(url, 'static');
    if (filters.has(key) && !BackendFilter.same(filters.get(key), filter))
      return `URL ${at + 1}: url is there already, with another filter`;
    filters.set(key, filter);
  }
  return {
    urls: items.map(({ url }) => url),
    filters: new Map([...filters].flatMap(([key, filter]) => (filter === undefined ? [] : [[key, filter]]))),
  };
}

function itemsOf(tokens: readonly string[]): Item[] | string {
  const items: Item[] = [];
  for (const token of tokens) {
    const [, name, names = ''] = FILTER.exec(token) ?? [];
    if (name === undefined) {
      items.push({ url: token, lists: {} });
      continue;
    }
    const { lists } = items.at(-1) ?? {};
    const key = FILTER_KEYS.find((known) => known === name);
    if (lists === undefined) return 'the first of them must be a URL, which its filter follows';
    if (key === undefined) return `URL ${items.length}: its filter must have events= or repositories=`;
    if (lists[key] !== undefined) return `URL ${items.length}: its filter must have ${key}= once`;
    lists[key] = names === '' ? [] : names.split(',');
  }
  return items;
}

/** The URLs alone; none of a text that cannot be used. */
export function backendUrlsIn(text: string): readonly string[] {
  const list = readBackendList(text);
  return typeof list === 'string' ? [] : list.urls;
}
