import { type ForwardView } from '../api/types.js';

/** Whether the backend has not got the delivery, and it is not settled that it never shall. */
export const misses = ({ state }: ForwardView): boolean => ['owed', 'dead', 'rejected'].includes(state);
