import { useEffect, useRef } from 'preact/hooks';

import { contact } from '../api/contact.js';
import { useStore } from '../use-store.js';
import { announce } from './announcer.js';
import { Ago, Time } from './time.js';

/** Says that the service does not answer, and since when. */
export function ContactBanner() {
  const { lost, lastAt } = useStore(contact);
  const wasLost = useRef(false);
  useEffect(() => {
    if (wasLost.current && !lost) announce('In contact again.');
    wasLost.current = lost;
  }, [lost]);
  return (
    <div role="alert">
      {lost && (
        <p class="notice notice-bad contact">
          <strong>No contact with the service</strong>
          {lastAt === undefined ? (
            '. '
          ) : (
            <>
              {' '}
              since <Time at={lastAt} /> (<Ago at={lastAt} />
              ). What you see is from then.{' '}
            </>
          )}
          Trying again every 2 seconds.
        </p>
      )}
    </div>
  );
}
