import { useEffect, useState } from 'preact/hooks';

import { type Filters } from '../address.js';
import { Failure } from '../api/failure.js';
import { act } from '../api/request.js';
import { type Count, type OperationAction } from '../api/types.js';
import { Confirm } from '../ui/confirm.js';
import { FailureNotice } from '../ui/notice.js';
import { count } from '../ui/words.js';
import { meantBy } from './operation-words.js';

interface ConfirmOperationProps {
  readonly action: OperationAction;
  readonly filters: Filters;
  readonly onBegun: () => void;
  readonly onClose: () => void;
}

/** Counts what an operation would be about, asks, and begins it. */
export function ConfirmOperation({ action, filters, onBegun, onClose }: ConfirmOperationProps) {
  const [counted, setCounted] = useState<Count>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    ask<Count>(action, filters, true).then(setCounted, (error: unknown) => {
      setFailure(Failure.of(error));
    });
  }, []);
  const begin = async () => {
    await ask(action, filters, false);
    onBegun();
  };
  const verb = action === 'resend' ? 'Send again' : 'Discard';
  return (
    <Confirm
      title={`${verb} ${meantBy({ action, filters })}`}
      yes={verb}
      disabled={counted === undefined || counted.forwards === 0}
      act={begin}
      onClose={onClose}
    >
      <p role="status">
        {counted === undefined
          ? failure === undefined && 'Counting …'
          : `${count(counted.forwards, 'forward')} of ${count(counted.deliveries, 'delivery', 'deliveries')} ${
              action === 'resend'
                ? 'will be sent again. What was accepted is left alone.'
                : 'will be given up, and never be sent.'
            }`}
      </p>
      {failure !== undefined && <FailureNotice failure={failure} />}
    </Confirm>
  );
}

const ask = <T,>(action: OperationAction, filters: Filters, dryRun: boolean): Promise<T> =>
  action === 'resend'
    ? act<T>('POST', '/deliveries/attempts', { ...filters, dryRun })
    : act<T>('DELETE', '/deliveries', { ...filters, dryRun });
