import { useEffect, useRef } from 'preact/hooks';

import { type Address, address } from './address.js';
import { type LaneList } from './api/types.js';
import { usePolled } from './api/use-polled.js';
import { DeliveriesView } from './deliveries/deliveries-view.js';
import { OneDeliveryView } from './delivery/one-delivery-view.js';
import { LanesView } from './lanes/lanes-view.js';
import { useStore } from './use-store.js';
import { Announcer } from './ui/announcer.js';
import { ContactBanner } from './ui/contact-banner.js';
import { Link } from './ui/link.js';
import { zoneOf } from './ui/time-words.js';

const TITLES: Readonly<Record<Address['view'], string>> = {
  lanes: 'Backends',
  deliveries: 'Deliveries',
  delivery: 'One delivery',
};

export function App() {
  const at = useStore(address);
  const lanes = usePolled<LaneList>('/deliveries/backends');
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  const title = TITLES[at.view];

  useEffect(() => {
    document.title = `${title} · Sprayproxy`;
  }, [title]);
  useEffect(() => {
    // Whoever uses a keyboard goes on from the top of what has come, as after a link to another page.
    if (!isFirst.current) main.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [at.view]);

  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <span class="brand">Sprayproxy</span>
        <nav aria-label="Views">
          <Link to={{ view: 'lanes' }} current={at.view === 'lanes'}>
            Backends
          </Link>
          <Link to={{ view: 'deliveries', filters: {} }} current={at.view === 'deliveries'}>
            Deliveries
          </Link>
        </nav>
        <span class="version">
          {lanes.data !== undefined && `version ${lanes.data.version}, `}
          times in {zoneOf(new Date())}
        </span>
      </header>
      <ContactBanner />
      <main id="main" tabIndex={-1} ref={main}>
        <View at={at} lanes={lanes} />
      </main>
      <Announcer />
    </>
  );
}

function View({
  at,
  lanes,
}: {
  readonly at: Address;
  readonly lanes: ReturnType<typeof usePolled<LaneList>>;
}) {
  switch (at.view) {
    case 'lanes':
      return <LanesView lanes={lanes} />;
    case 'deliveries':
      return <DeliveriesView filters={at.filters} lanes={lanes.data} />;
    case 'delivery':
      return <OneDeliveryView key={at.id} id={at.id} lanes={lanes.data} />;
    default:
      return at satisfies never;
  }
}
