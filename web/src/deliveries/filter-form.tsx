import { useId } from 'preact/hooks';

import { type FilterName, type Filters, go, parseFilters } from '../address.js';
import { type LaneList } from '../api/types.js';
import { Link } from '../ui/link.js';

const STATES = ['owed', 'dead', 'rejected', 'accepted', 'filtered'];
const SINCE = ['15m', '1h', '6h', '24h', '72h'];
const EVENTS = ['push', 'pull_request', 'issue_comment', 'check_run', 'check_suite'];

interface FilterFormProps {
  readonly filters: Filters;
  /** Their backends are proposed. */
  readonly lanes: LaneList | undefined;
}

/** What the list is to show. It stands in the address. */
export function FilterForm({ filters, lanes }: FilterFormProps) {
  const apply = (event: Event) => {
    event.preventDefault();
    if (event.currentTarget instanceof HTMLFormElement)
      go({ view: 'deliveries', filters: parseFilters(new FormData(event.currentTarget)) });
  };
  const backends = (lanes?.backends ?? []).map(({ backend }) => backend);
  return (
    <form class="filters" onSubmit={apply} role="search" aria-label="Filter the deliveries">
      <label>
        State
        <select
          name="state"
          value={filters.state ?? ''}
          onChange={({ currentTarget }) => {
            currentTarget.form?.requestSubmit();
          }}
        >
          <option value="">any</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {state}
            </option>
          ))}
        </select>
      </label>
      <Text name="backend" label="Backend" filters={filters} proposals={backends} example="URL or host" />
      <Text name="event" label="Event" filters={filters} proposals={EVENTS} example="push" />
      <Text name="repository" label="Repository" filters={filters} example="owner/name" />
      <Text name="guid" label="GUID" filters={filters} example="72d3162e-…" />
      <Text name="since" label="Since" filters={filters} proposals={SINCE} example="1h or a time" />
      <div class="buttons">
        <button type="submit" class="primary">
          Show
        </button>
        {Object.keys(filters).length > 0 && <Link to={{ view: 'deliveries', filters: {} }}>Show all</Link>}
      </div>
    </form>
  );
}

interface TextProps {
  readonly name: FilterName;
  readonly label: string;
  readonly filters: Filters;
  readonly example: string;
  readonly proposals?: readonly string[];
}

function Text({ name, label, filters, example, proposals = [] }: TextProps) {
  const id = useId();
  return (
    <label>
      {label}
      <input
        type="text"
        name={name}
        defaultValue={filters[name] ?? ''}
        placeholder={example}
        maxLength={2048}
        autoComplete="off"
        spellcheck={false}
        list={proposals.length > 0 ? id : undefined}
      />
      {proposals.length > 0 && (
        <datalist id={id}>
          {proposals.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </label>
  );
}
