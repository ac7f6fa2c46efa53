import { useEffect, useState } from 'preact/hooks';

import { type Filters } from '../address.js';
import { type LaneList, type OperationAction } from '../api/types.js';
import { ConfirmOperation } from '../operations/confirm-operation.js';
import { Operations } from '../operations/operations.js';
import { type KnownOperations, useOperations } from '../operations/use-operations.js';
import { useStore } from '../use-store.js';
import { announce } from '../ui/announcer.js';
import { FailureNotice, Notice } from '../ui/notice.js';
import { count } from '../ui/words.js';
import { DeliveryRows } from './delivery-rows.js';
import { FilterForm } from './filter-form.js';
import { type List } from './list.js';
import { useList } from './use-list.js';

interface DeliveriesViewProps {
  readonly filters: Filters;
  readonly lanes: LaneList | undefined;
}

/** States that the service does nothing to at once. */
const LEFT_ALONE: ReadonlySet<string | undefined> = new Set(['accepted', 'filtered']);

/** The deliveries that the filters let through, newest first. */
export function DeliveriesView({ filters, lanes }: DeliveriesViewProps) {
  const operations = useOperations();
  const list = useList(filters);
  return (
    <>
      <h1>Deliveries</h1>
      <Operations operations={operations} lanes={lanes} />
      <FilterForm key={JSON.stringify(filters)} filters={filters} lanes={lanes} />
      <Toolbar list={list} operations={operations} />
      <Rows list={list} />
    </>
  );
}

function Toolbar({ list, operations }: { readonly list: List; readonly operations: KnownOperations }) {
  const { waiting, failure } = useStore(list.state);
  const [follow, setFollow] = useState(list.follow);
  const [asked, setAsked] = useState<OperationAction>();
  const toggle = () => {
    list.follow = !follow;
    setFollow(list.follow);
    list.refresh();
  };
  const canAct =
    failure === undefined && Object.keys(list.filters).length > 0 && !LEFT_ALONE.has(list.filters.state);
  return (
    <div class="toolbar">
      <label class="inline">
        <input type="checkbox" checked={follow} onChange={toggle} /> Follow
      </label>
      {waiting > 0 && (
        <button type="button" class="primary" onClick={list.showNew}>
          Show {waiting.toLocaleString('en-US')} new
        </button>
      )}
      {canAct && (
        <>
          <button
            type="button"
            onClick={() => {
              setAsked('resend');
            }}
          >
            Send all of these again …
          </button>
          <button
            type="button"
            onClick={() => {
              setAsked('discard');
            }}
          >
            Discard all of these …
          </button>
        </>
      )}
      {asked !== undefined && (
        <ConfirmOperation
          action={asked}
          filters={list.filters}
          onBegun={operations.refresh}
          onClose={() => {
            setAsked(undefined);
          }}
        />
      )}
    </div>
  );
}

function Rows({ list }: { readonly list: List }) {
  const { rows, known, failure, next, loading } = useStore(list.state);
  useEffect(() => {
    if (known) announce(`${count(rows.length, 'delivery', 'deliveries')} shown.`);
  }, [known, list]);
  const isFiltered = Object.keys(list.filters).length > 0;
  return (
    <>
      {failure !== undefined && <FailureNotice failure={failure} />}
      {!known && failure === undefined && <Notice>Loading …</Notice>}
      {known && rows.length === 0 && next === null && !loading && (
        <Notice>
          {isFiltered
            ? 'No delivery fits these filters.'
            : 'No delivery is known: none has come in yet, or all are forgotten.'}
        </Notice>
      )}
      <DeliveryRows list={list} />
    </>
  );
}
