import { hash } from './hash.js';
import { type Replica } from './replica-rows.js';

/**
 * Which of the replicas that are there drains a backend: one that has named it, else any. By rendezvous hashing: each gets
 * about as many, and when one leaves, only those that it drained go to others.
 * @returns its holder; `undefined`: all have retired
 * @see https://en.wikipedia.org/wiki/Rendezvous_hashing
 */
export function ownerOf(backend: string, there: Iterable<Replica>): string | undefined {
  const able = [...there].filter(({ retired }) => !retired);
  const wanting = able.filter(({ backends }) => backends.includes(backend));
  const weighted = (wanting.length > 0 ? wanting : able).map(({ holder }) => ({
    holder,
    weight: hash(`${holder} ${backend}`),
  }));
  return weighted.sort((a, b) => b.weight - a.weight || (a.holder < b.holder ? -1 : 1))[0]?.holder;
}
