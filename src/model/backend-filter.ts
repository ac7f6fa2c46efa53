export const FILTER_KEYS = ['events', 'repositories'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

/** A filter as it is written, kept and shown. */
export type FilterLists = Readonly<Partial<Record<FilterKey, readonly string[]>>>;

/** GitHub's names of events; whatever else a header says is no event that could be read. */
const EVENT = /^[a-z_]{1,100}$/;

/** `owner/name` as `repositoryOf` gives it, each with as many `*` as one likes. */
const REPOSITORIES = /^[\w.*-]{1,100}\/[\w.*-]{1,100}$/;

const RULES = {
  events: [EVENT, 'events must hold names of events such as pull_request'],
  repositories: [REPOSITORIES, 'repositories must hold names such as owner/name or owner/*'],
} as const satisfies Record<FilterKey, readonly [RegExp, string]>;

/** Which webhooks a backend gets: those that are in all of its lists. */
export class BackendFilter {
  private constructor(readonly lists: FilterLists) {}

  /**
   * Gives the reason, in one line without the names themselves, where lists are no filter.
   * @returns `undefined`: there are none
   */
  static of(given: Readonly<Partial<Record<FilterKey, unknown>>>): BackendFilter | string | undefined {
    const lists: Partial<Record<FilterKey, readonly string[]>> = {};
    for (const key of FILTER_KEYS) {
      const { [key]: names } = given;
      const [name, mustBe] = RULES[key];
      if (names === undefined) continue;
      if (!Array.isArray(names)) return `${key} must be an array of strings`;
      if (names.length === 0) return `${key} must not be empty`;
      if (!names.every((text): text is string => typeof text === 'string' && name.test(text))) return mustBe;
      lists[key] = names;
    }
    return Object.keys(lists).length === 0 ? undefined : new BackendFilter(lists);
  }

  /**
   * The list that a webhook is not in; `undefined`: it is for the backend, as is one of which this cannot be read.
   * @param event `X-GitHub-Event`
   * @param repository gives `owner/name`, and is asked where it matters
   */
  leavesOutBy(event: string | undefined, repository: () => string | undefined): FilterKey | undefined {
    const { events, repositories } = this.lists;
    if (events !== undefined && event !== undefined && EVENT.test(event) && !events.includes(event))
      return 'events';
    if (repositories === undefined) return undefined;
    const name = repository();
    return name === undefined || repositories.some((pattern) => isLike(name, pattern))
      ? undefined
      : 'repositories';
  }

  /** Whether two filters are the same, or neither is one. */
  static same(one: BackendFilter | undefined, other: BackendFilter | undefined): boolean {
    return FILTER_KEYS.every((key) => canonical(one?.lists[key]) === canonical(other?.lists[key]));
  }

  /** As it stands behind a URL. */
  toString(): string {
    return Object.entries(this.lists)
      .map(([key, names]) => `${key}=${names.join(',')}`)
      .join(' ');
  }
}

/** Neither order nor case says anything. */
const canonical = (names: readonly string[] | undefined): string | undefined =>
  names && [...new Set(names.map((name) => name.toLowerCase()))].sort().join(',');

/** Whether a name is like a pattern, whatever the case; a `*` stands for anything but a slash. */
function isLike(name: string, pattern: string): boolean {
  const parts = name.toLowerCase().split('/');
  const patterns = pattern.toLowerCase().split('/');
  return parts.length === patterns.length && parts.every((part, at) => isPartLike(part, patterns[at] ?? ''));
}

/** In linear time, unlike a regular expression: a name is whatever its owner makes it, and so may be a pattern. */
function isPartLike(text: string, pattern: string): boolean {
  const [begin = '', ...others] = pattern.split('*');
  const end = others.pop();
  if (end === undefined) return text === begin;
  if (!text.startsWith(begin) || !text.endsWith(end)) return false;
  let from = begin.length;
  for (const piece of others) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return from <= text.length - end.length;
}
