import { type Filters, queryOf } from '../address.js';
import { Failure } from '../api/failure.js';
import { Poll } from '../api/poll.js';
import { read } from '../api/request.js';
import { type DeliveryList, type DeliverySummary } from '../api/types.js';
import { Store } from '../store.js';
import { idOf, merged, newestOf, type Row } from './rows.js';

/** More than a screen, and there at once. */
const PAGE = 25;
/** The service looks at a few thousand deliveries for each: what is rarer is looked for when somebody asks for it. */
const MAX_EMPTY_PAGES = 5;
/** Between two looks at what is new. */
const MAX_NEW_PAGES = 10;

export interface ListState {
  readonly rows: readonly Row[];
  /** Whether the first page has come. */
  readonly known: boolean;
  /** The list goes on below this id; `null`: there are no more. */
  readonly next: string | null;
  readonly loading: boolean;
  /** Nothing was found for so long that somebody has to say whether it goes on. */
  readonly asks: boolean;
  readonly failure: Failure | undefined;
  /** So many came while nobody wanted to see them. */
  readonly waiting: number;
}

const EMPTY: ListState = {
  rows: [],
  known: false,
  next: null,
  loading: false,
  asks: false,
  failure: undefined,
  waiting: 0,
};

/** The deliveries that filters let through, as far down as somebody has looked. It goes on while the page shows others. */
export class List {
  readonly state = new Store<ListState>(EMPTY);
  /** Whether what is new comes in. */
  follow = true;
  /** Called before the rows change. */
  beforeChange: () => void = () => undefined;
  /** Which row is looked at, by its place in the list. */
  firstInView: () => number = () => 0;
  #polls: readonly Poll<DeliveryList>[] = [];

  constructor(readonly filters: Filters) {}

  begin(): void {
    const fail = (failure: Failure) => {
      this.#change({ failure: failure.isLostContact ? undefined : failure });
    };
    this.#polls = [
      new Poll({ path: () => this.#path(), take: (page) => void this.#takeNewest(page), fail }),
      new Poll({
        path: () => this.#pathInView(),
        take: (page, path) => {
          this.#takeInView(page, path);
        },
        fail,
      }),
    ];
  }

  end(): void {
    for (const poll of this.#polls) poll.end();
  }

  /** Looks at once. */
  readonly refresh = (): void => {
    for (const poll of this.#polls) poll.now();
  };

  /** Shows what has been waiting. */
  readonly showNew = (): void => {
    this.#change(EMPTY);
    this.end();
    this.begin();
  };

  /** Fetches what is older. @param asked whether somebody said so */
  readonly more = async (asked = false): Promise<void> => {
    const { loading, known, asks } = this.state.value;
    if (loading || !known || (asks && !asked)) return;
    this.#change({ loading: true, asks: false });
    try {
      await this.#older();
    } catch (error) {
      const failure = Failure.of(error);
      this.#change({ failure: failure.isLostContact ? undefined : failure });
    } finally {
      this.#change({ loading: false });
    }
  };

  async #older(): Promise<void> {
    for (let pages = 0; pages < MAX_EMPTY_PAGES; pages += 1) {
      const { next } = this.state.value;
      if (next === null) return;
      const { data } = await read<DeliveryList>(this.#path(next));
      if (data === undefined || this.state.value.next !== next) return;
      this.#change({ rows: merged(this.state.value.rows, pageOf(data, Number(next))), next: data.next });
      if (data.deliveries.length > 0) return;
    }
    this.#change({ asks: this.state.value.next !== null });
  }

  async #takeNewest(first: DeliveryList): Promise<void> {
    const { known, rows } = this.state.value;
    if (!known) {
      this.#change({ rows: merged([], pageOf(first)), next: first.next, known: true, failure: undefined });
      if (first.deliveries.length === 0) void this.more();
      return;
    }
    const page = await this.#upTo(newestOf(rows), first);
    if (page === undefined) return;
    const newest = newestOf(this.state.value.rows);
    const fresh = page.deliveries.filter((each) => idOf(each) > newest);
    if (fresh.length === 0 || (this.follow && page.from <= newest + 1)) {
      this.#changeRows({ rows: merged(this.state.value.rows, page), waiting: 0, failure: undefined });
      return;
    }
    const old = { ...page, deliveries: page.deliveries.filter((each) => idOf(each) <= newest) };
    this.#changeRows({ rows: merged(this.state.value.rows, old), waiting: fresh.length, failure: undefined });
  }

  /** All that is newer than an id, or as much as can be shown at once. */
  async #upTo(newest: number, first: DeliveryList) {
    const deliveries: DeliverySummary[] = [...first.deliveries];
    let { next } = first;
    try {
      for (let pages = 1; next !== null && Number(next) > newest + 1 && pages < MAX_NEW_PAGES; pages += 1) {
        const { data } = await read<DeliveryList>(this.#path(next));
        if (data === undefined) return undefined;
        deliveries.push(...data.deliveries);
        ({ next } = data);
      }
    } catch {
      // The next look finds them.
      return undefined;
    }
    return pageOf({ deliveries, next });
  }

  #takeInView(page: DeliveryList, path: string): void {
    const cursor = new URLSearchParams(path.split('?')[1]).get('cursor');
    // What the list has not got yet comes in its turn.
    const { rows, next } = this.state.value;
    const known = pageOf(page, Number(cursor));
    const from = Math.max(known.from, Number(next ?? 0));
    const deliveries = known.deliveries.filter((each) => idOf(each) >= from);
    this.#changeRows({ rows: merged(rows, { ...known, deliveries, from }), failure: undefined });
  }

  #path(cursor?: string): string {
    const query = { ...this.filters, limit: String(PAGE), ...(cursor !== undefined && { cursor }) };
    return `/deliveries?${queryOf(query)}`;
  }

  /** Of the page that somebody looks at, if it is not the first. */
  #pathInView(): string | undefined {
    const at = this.firstInView();
    const above = this.state.value.rows[at - 1];
    return at < PAGE / 2 || above === undefined ? undefined : this.#path(above.delivery.id);
  }

  #changeRows(change: Partial<ListState>): void {
    this.beforeChange();
    this.#change(change);
  }

  #change(change: Partial<ListState>): void {
    this.state.set({ ...this.state.value, ...change });
  }
}

const pageOf = ({ deliveries, next }: DeliveryList, below = Infinity) => ({
  deliveries,
  from: Number(next ?? 0),
  below,
});
