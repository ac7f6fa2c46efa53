import { Store } from './store.js';

/** Filters of the list, by the names of the API. */
export const FILTERS = ['state', 'backend', 'event', 'repository', 'guid', 'since'] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Readonly<Partial<Record<FilterName, string>>>;

/** What is looked at. It stands in the query of the page's address, so that a link can be sent to somebody else. */
export type Address =
  | { readonly view: 'lanes' }
  | { readonly view: 'deliveries'; readonly filters: Filters }
  | { readonly view: 'delivery'; readonly id: string };

const PATH = '/deliveries';

/** @param query with or without its question mark */
export function parseAddress(query: string): Address {
  const parameters = new URLSearchParams(query);
  const id = parameters.get('delivery');
  if (id) return { view: 'delivery', id };
  const filters = parseFilters(parameters);
  const view = parameters.get('view');
  return view === 'deliveries' || (view === null && Object.keys(filters).length > 0)
    ? { view: 'deliveries', filters }
    : { view: 'lanes' };
}

/** Without those that are empty. */
export function parseFilters(given: URLSearchParams | FormData): Filters {
  const filters: Partial<Record<FilterName, string>> = {};
  for (const name of FILTERS) {
    const value = given.get(name);
    if (typeof value === 'string' && value.trim() !== '') filters[name] = value.trim();
  }
  return filters;
}

/** Of the page. */
export function hrefOf(address: Address): string {
  switch (address.view) {
    case 'lanes':
      return PATH;
    case 'deliveries':
      return `${PATH}?${queryOf({ view: 'deliveries', ...address.filters })}`;
    case 'delivery':
      return `${PATH}?${queryOf({ delivery: address.id })}`;
    default:
      return address satisfies never;
  }
}

export const queryOf = (parameters: Readonly<Record<string, string>>): string =>
  new URLSearchParams(parameters).toString();

/** Where the page is now. */
export const address = new Store<Address>({ view: 'lanes' });

export function followAddress(): void {
  const read = () => {
    address.set(parseAddress(location.search));
  };
  addEventListener('popstate', read);
  read();
}

/** How far down the page was when it was left for another view; 0: it is a new one. */
export const scrollLeftAt = (): number => {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && 'scrollY' in state ? Number(state.scrollY) : 0;
};

export function go(to: Address): void {
  history.replaceState({ scrollY }, '');
  history.pushState(null, '', hrefOf(to));
  address.set(to);
  scrollTo(0, 0);
}
