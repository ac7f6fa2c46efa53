import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

import { BAD, GOOD, WAITING } from './colors.js';

/** Of a breaker: 0 closed, 1 open. */
export const UP_OR_DOWN = either({ text: 'up', color: GOOD }, { text: 'down', color: BAD });

/** Of a backend. */
export const PAUSED_OR_NOT = either({ text: 'not paused', color: GOOD }, { text: 'paused', color: WAITING });

/** Of a replica. */
export const READY_OR_NOT = either({ text: 'not ready', color: BAD }, { text: 'ready', color: GOOD });

/** Of a database, as a replica sees it. */
export const THERE_OR_AWAY = either({ text: 'away', color: BAD }, { text: 'there', color: GOOD });

interface State {
  text: string;
  color: string;
}

function either(zero: State, one: State): ValueMapping[] {
  return [
    {
      type: MappingType.ValueToText,
      options: { '0': { ...zero, index: 0 }, '1': { ...one, index: 1 } },
    },
  ];
}
