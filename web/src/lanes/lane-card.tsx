import { type ComponentChildren } from 'preact';

import { type Filters } from '../address.js';
import { type Lane } from '../api/types.js';
import { Link } from '../ui/link.js';
import { State } from '../ui/state.js';
import { Ago, Time } from '../ui/time.js';
import { milliseconds } from '../ui/time-words.js';
import { LaneActions } from './lane-actions.js';
import { Line } from './line.js';

interface LaneCardProps {
  readonly lane: Lane;
  /** Whether there is a spool. */
  readonly keeps: boolean;
  /** The lane is another now. */
  readonly onChange: () => void;
  /** An operation has begun; `undefined`: there are none at this service. */
  readonly onOperation: () => void;
}

export function LaneCard({ lane, keeps, onChange, onOperation }: LaneCardProps) {
  const { backend, host, oldestOwedAt, lastAcceptedAt } = lane;
  const listed = (state: string, value: number) => (
    <Listed to={{ backend, state }} count={value} of={`${state} at ${host}`} />
  );
  return (
    <article class="card lane" aria-label={host}>
      <div class="lane-head">
        <h2>
          <Link to={{ view: 'deliveries', filters: { backend } }}>{host}</Link>
        </h2>
        <State state={lane.state} />
        <Why lane={lane} />
      </div>
      <dl class="numbers">
        <Number name="owed">{listed('owed', lane.owed)}</Number>
        <Number name="dead">{listed('dead', lane.dead)}</Number>
        <Number name="rejected">{listed('rejected', lane.rejected)}</Number>
        <Number name="running">{lane.running.toLocaleString('en-US')}</Number>
        <Number name="oldest owed">{oldestOwedAt === undefined ? 'none' : <Ago at={oldestOwedAt} />}</Number>
        <Number name="last success">
          {lastAcceptedAt === undefined ? 'none yet' : <Ago at={lastAcceptedAt} />}
        </Number>
        <Number name="attempts a minute">
          <Line values={lane.attemptsPerMinute} words={String} of="attempts a minute" />
        </Number>
        <Number name="latency">
          <Line values={lane.latencyMs} words={milliseconds} of="latency" />
        </Number>
      </dl>
      <LaneActions lane={lane} keeps={keeps} onChange={onChange} onOperation={onOperation} />
    </article>
  );
}

/** In which state it is since when, why, and who says so. */
function Why({ lane: { state, since, reason, pause, filter } }: { readonly lane: Lane }) {
  const from = pause?.since ?? since;
  const why = pause?.reason ?? reason;
  return (
    <p class="why">
      {from !== undefined && (
        <>
          {state === 'up' && 'but every attempt has failed '}since <Time at={from} /> (<Ago at={from} />)
        </>
      )}
      {state === 'paused' && pause !== undefined && (
        <>
          {' '}
          {pause.until === undefined ? (
            'until it is resumed'
          ) : (
            <>
              until <Time at={pause.until} />
            </>
          )}
          {pause.user !== undefined && ` by ${pause.user}`}
        </>
      )}
      {why !== undefined && <span class="outside">{`: ${why}`}</span>}
      {filter !== undefined && <span class="filter">{`gets only ${filterOf(filter)}`}</span>}
    </p>
  );
}

const filterOf = ({ events, repositories }: NonNullable<Lane['filter']>): string =>
  [
    ...(events === undefined ? [] : [`events ${events.join(', ')}`]),
    ...(repositories === undefined ? [] : [`repositories ${repositories.join(', ')}`]),
  ].join(' of ');

function Number({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A number that leads to what it counts. */
function Listed({ to, count, of }: { readonly to: Filters; readonly count: number; readonly of: string }) {
  const shown = count.toLocaleString('en-US');
  if (count === 0) return <>{shown}</>;
  return (
    <Link to={{ view: 'deliveries', filters: to }} class="count">
      {shown} <span class="unseen">{of}</span>
    </Link>
  );
}
