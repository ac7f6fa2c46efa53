import { useState } from 'preact/hooks';

import { act } from '../api/request.js';
import { type Lane } from '../api/types.js';
import { announce } from '../ui/announcer.js';
import { Confirm } from '../ui/confirm.js';

/** For how long, by what the service is told. */
const TIMES: readonly (readonly [value: string, words: string])[] = [
  ['30m', '30 minutes'],
  ['1h', '1 hour'],
  ['2h', '2 hours'],
  ['8h', '8 hours'],
  ['24h', '1 day'],
  ['', 'until it is resumed'],
];

const MAX_REASON = 200;

interface PauseDialogProps {
  readonly lane: Lane;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function PauseDialog({ lane: { backend, host, pause }, onDone, onClose }: PauseDialogProps) {
  const [time, setTime] = useState('2h');
  const [reason, setReason] = useState(pause?.reason ?? '');
  const send = async () => {
    const why = reason.trim();
    await act('POST', '/deliveries/backends/pause', {
      backend,
      ...(time !== '' && { for: time }),
      ...(why !== '' && { reason: why }),
    });
    announce(`${host} is paused.`);
    onDone();
  };
  return (
    <Confirm title={`Pause ${host}`} yes="Pause" act={send} onClose={onClose}>
      <p>It is sent nothing, and everything is owed to it, until it is resumed or its time is over.</p>
      <label>
        For how long
        <select
          value={time}
          onChange={({ currentTarget }) => {
            setTime(currentTarget.value);
          }}
        >
          {TIMES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        Why
        <input
          type="text"
          value={reason}
          maxLength={MAX_REASON}
          placeholder="its cluster is being upgraded"
          onInput={({ currentTarget }) => {
            setReason(currentTarget.value);
          }}
        />
      </label>
    </Confirm>
  );
}
