import { type Operation, type OperationList } from '../api/types.js';
import { usePolled } from '../api/use-polled.js';

export interface KnownOperations {
  /** Newest first. */
  readonly all: readonly Operation[];
  readonly refresh: () => void;
}

/** What runs in the background, whoever has begun it. */
export function useOperations(): KnownOperations {
  const { data, refresh } = usePolled<OperationList>('/deliveries/operations');
  return { all: data?.operations ?? [], refresh };
}
