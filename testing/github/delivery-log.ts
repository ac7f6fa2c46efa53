/** An attempt, with the fields that GitHub gives. */
export interface DeliveryRow {
  readonly id: number;
  readonly guid: string;
  readonly delivered_at: string;
  readonly redelivery: boolean;
  readonly duration: number;
  readonly status: string;
  readonly status_code: number;
  readonly event: string;
  readonly action: string | null;
  readonly installation_id: number | null;
  readonly repository_id: number | null;
  readonly throttled_at: string | null;
}

export interface DeliveryPage {
  readonly rows: readonly DeliveryRow[];
  /** Where the next page begins. */
  readonly cursor?: string;
}

/** GitHub's list of the attempts to deliver webhooks of an App, newest first, by pages. */
export class DeliveryLog {
  /** The oldest first. */
  readonly #rows: DeliveryRow[] = [];

  add(row: Pick<DeliveryRow, 'guid' | 'event' | 'status_code'> & Partial<DeliveryRow>): DeliveryRow {
    const made = {
      id: (this.#rows.at(-1)?.id ?? 41_000_000_000) + 3,
      delivered_at: new Date().toISOString(),
      redelivery: false,
      duration: 0.1,
      status: row.status_code < 300 ? 'OK' : 'Invalid HTTP Response: ' + String(row.status_code),
      action: null,
      installation_id: 7,
      repository_id: null,
      throttled_at: null,
      ...row,
    };
    this.#rows.push(made);
    return made;
  }

  get(id: number): DeliveryRow | undefined {
    return this.#rows.find((row) => row.id === id);
  }

  of(guid: string): DeliveryRow[] {
    return this.#rows.filter((row) => row.guid === guid);
  }

  get all(): readonly DeliveryRow[] {
    return this.#rows;
  }

  /** @returns `undefined`: there is no such cursor (any more) */
  page(perPage: number, cursor?: string): DeliveryPage | undefined {
    const from =
      cursor === undefined
        ? this.#rows.length - 1
        : this.#rows.findLastIndex(({ id }) => cursor === `v1_${id}`);
    if (from < 0) return cursor === undefined ? { rows: [] } : undefined;
    const to = Math.max(-1, from - perPage);
    const rows = this.#rows.slice(to + 1, from + 1).reverse();
    const next = this.#rows[to];
    return { rows, ...(next !== undefined && { cursor: `v1_${next.id}` }) };
  }
}
