import { Shape } from './shape.js';

/** Those that have a colour. */
const KINDS: Readonly<Record<string, string>> = {
  accepted: 'good',
  up: 'good',
  done: 'good',
  owed: 'wait',
  running: 'wait',
  paused: 'wait',
  dead: 'bad',
  down: 'bad',
  refused: 'bad',
  failed: 'bad',
  interrupted: 'bad',
  rejected: 'odd',
  unknown: 'odd',
};

interface StateProps {
  /** A word of the service. */
  readonly state: string;
  /** What has it. */
  readonly of?: string;
}

/** A state by word, shape and colour. */
export function State({ state, of }: StateProps) {
  return (
    <span class={`state state-${KINDS[state] ?? 'none'}`}>
      <Shape name={state} />
      {of !== undefined && <span class="state-of">{of}</span>} <strong>{state}</strong>
    </span>
  );
}
