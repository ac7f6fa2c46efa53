/**
 * Threads that Node has for what blocks, where the environment does not say. Half of them may look up names, and half of
 * those names that do not answer: 24 such leave room for the others. Node starts them when the first is needed, and reads
 * `UV_THREADPOOL_SIZE` then.
 */
export const THREAD_POOL_SIZE = '64';
