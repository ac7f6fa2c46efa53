import { type ComponentChildren } from 'preact';

import { type DeliveryView, type LaneList } from '../api/types.js';
import { usePolled } from '../api/use-polled.js';
import { Link } from '../ui/link.js';
import { FailureNotice, Notice } from '../ui/notice.js';
import { Ago, Time } from '../ui/time.js';
import { count } from '../ui/words.js';
import { CopyButton } from './copy-button.js';
import { DeliveryActions } from './delivery-actions.js';
import { ForwardCard } from './forward-card.js';

interface OneDeliveryProps {
  readonly id: string;
  readonly lanes: LaneList | undefined;
}

/** What came of one delivery at each backend. */
export function OneDeliveryView({ id, lanes }: OneDeliveryProps) {
  const { data, failure, refresh } = usePolled<DeliveryView>(`/deliveries/${encodeURIComponent(id)}`);
  return (
    <>
      <p>
        <Link to={{ view: 'deliveries', filters: {} }}>All deliveries</Link>
      </p>
      <h1>
        Delivery{' '}
        {data !== undefined && (
          <span class="outside">{`${data.event ?? 'without an event'} of ${data.repository ?? 'no repository'}`}</span>
        )}
      </h1>
      {failure !== undefined &&
        (failure.isUnknownDelivery ? <UnknownDelivery id={id} /> : <FailureNotice failure={failure} />)}
      {data === undefined && failure === undefined && <Notice>Loading …</Notice>}
      {data !== undefined && <Shown delivery={data} lanes={lanes} onChange={refresh} />}
    </>
  );
}

function UnknownDelivery({ id }: { readonly id: string }) {
  return (
    <p class="notice notice-bad" role="alert">
      <span class="outside">{`No delivery ${id} is known here.`}</span> It may have been forgotten, or another
      replica may know it.
    </p>
  );
}

interface ShownProps {
  readonly delivery: DeliveryView;
  readonly lanes: LaneList | undefined;
  readonly onChange: () => void;
}

function Shown({ delivery, lanes, onChange }: ShownProps) {
  const { id, guid, requestId, receivedAt, recoveredFrom, payloadBytes, payloadKept, forwards } = delivery;
  const paused = new Set(
    (lanes?.backends ?? []).filter(({ state }) => state === 'paused').map(({ backend }) => backend),
  );
  return (
    <>
      <section class="card" aria-label="What GitHub sent">
        <dl class="facts">
          <Fact name="received">
            <Time at={receivedAt} /> (<Ago at={receivedAt} />)
          </Fact>
          <Fact name="GUID">
            <span class="outside guid">{guid ?? 'none'}</span>{' '}
            {guid !== undefined && <CopyButton text={guid} of="GUID" />}
          </Fact>
          <Fact name="payload">
            {count(payloadBytes, 'byte')},{' '}
            {payloadKept ? 'kept: it can be sent again from here' : 'not kept any more'}
          </Fact>
          {recoveredFrom !== undefined && (
            <Fact name="recovered">
              GitHub could not deliver it at <Time at={recoveredFrom} />, and was asked to send it again
            </Fact>
          )}
          <Fact name="known as">
            <span class="guid">{id}</span>
            {requestId !== undefined && <span class="outside">{`, request ${requestId}`}</span>}
          </Fact>
        </dl>
        <DeliveryActions delivery={delivery} paused={paused} onChange={onChange} />
      </section>
      <h2>Backends</h2>
      {forwards.length === 0 && <Notice>It was for no backend.</Notice>}
      <ul class="cards">
        {forwards.map((forward) => (
          <li key={forward.backend}>
            <ForwardCard delivery={delivery} forward={forward} paused={paused} onChange={onChange} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
