import { useEffect, useRef } from 'preact/hooks';

import { type Lane, type LaneList } from '../api/types.js';
import { type Polled } from '../api/use-polled.js';
import { Operations } from '../operations/operations.js';
import { useOperations } from '../operations/use-operations.js';
import { announce } from '../ui/announcer.js';
import { FailureNotice, Notice } from '../ui/notice.js';
import { LaneCard } from './lane-card.js';

/** Every backend, and what is owed to it. */
export function LanesView({ lanes }: { readonly lanes: Polled<LaneList> }) {
  const operations = useOperations();
  useStateChanges(lanes.data?.backends);
  return (
    <>
      <h1>Backends</h1>
      <Operations operations={operations} lanes={lanes.data} />
      <Body lanes={lanes} onOperation={operations.refresh} />
    </>
  );
}

function Body({
  lanes: { data, failure, refresh },
  onOperation,
}: {
  readonly lanes: Polled<LaneList>;
  readonly onOperation: () => void;
}) {
  if (failure !== undefined) return <FailureNotice failure={failure} />;
  if (data === undefined) return <Notice>Loading …</Notice>;
  if (data.backends.length === 0)
    return (
      <Notice>
        There is no backend: nobody gets the webhooks. SPRAYPROXY_SERVER_BACKEND names those there are.
      </Notice>
    );
  return (
    <ul class="cards">
      {data.backends.map((lane) => (
        <li key={lane.backend}>
          <LaneCard lane={lane} keeps={data.keeps} onChange={refresh} onOperation={onOperation} />
        </li>
      ))}
    </ul>
  );
}

/** Tells a screen reader which backend went up or down. */
function useStateChanges(lanes: readonly Lane[] | undefined): void {
  const before = useRef(new Map<string, string>());
  useEffect(() => {
    if (lanes === undefined) return;
    const changed = lanes.filter(({ backend, state }) => (before.current.get(backend) ?? state) !== state);
    before.current = new Map(lanes.map(({ backend, state }) => [backend, state]));
    if (changed.length > 0) announce(changed.map(({ host, state }) => `${host} is ${state}.`).join(' '));
  }, [lanes]);
}
