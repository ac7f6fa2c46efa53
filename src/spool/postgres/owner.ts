import { hash } from './hash.js';
import { type Replica } from './replica-rows.js';

/**
 * Which of the replicas drains what nobody has named: any of those that are there.
 * @returns its holder; `undefined`: all have retired
 */
export const ownerOf = (name: string, there: Iterable<Replica>): string | undefined =>
  ranked(name, ableAmong(there))[0]?.holder;

/**
 * Which of the replicas drains each of the backends that they have named; one that has named it. By rendezvous hashing, but
 * that none gets more than its share: chance alone would often give all of a few backends to one.
 * @returns holders by backend
 * @see https://en.wikipedia.org/wiki/Rendezvous_hashing, https://arxiv.org/abs/1608.01350 (bounded loads)
 */
export function ownersOf(there: Iterable<Replica>): ReadonlyMap<string, string> {
  const able = ableAmong(there);
  const backends = [...new Set(able.flatMap((replica) => replica.backends))].sort();
  const share = Math.ceil(backends.length / able.length);
  const owners = new Map<string, string>();
  const loads = new Map<string, number>();
  for (const backend of backends) {
    const wanting = ranked(
      backend,
      able.filter((replica) => replica.backends.includes(backend)),
    );
    const loadOf = ({ holder }: Replica) => loads.get(holder) ?? 0;
    const owner = wanting.find((replica) => loadOf(replica) < share) ?? wanting[0];
    if (owner === undefined) continue;
    loads.set(owner.holder, loadOf(owner) + 1);
    owners.set(backend, owner.holder);
  }
  return owners;
}

const ableAmong = (there: Iterable<Replica>): Replica[] => [...there].filter(({ retired }) => !retired);

/** Those that are to have it first, first. */
const ranked = (name: string, replicas: readonly Replica[]): Replica[] =>
  replicas
    .map((replica) => ({ replica, weight: hash(`${replica.holder} ${name}`) }))
    .sort((a, b) => b.weight - a.weight || (a.replica.holder < b.replica.holder ? -1 : 1))
    .map(({ replica }) => replica);
