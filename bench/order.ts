/**
 * Who is measured when in a round (from 0): the place decides figures too, by what the machine still does for the one
 * before. Every other round is the reverse of the one before it, so that over both all have the same place on average;
 * each such pair begins one further on than the pair before, so that over all rounds each has had every place.
 */
export function roundOrder<T>(contenders: readonly T[], round: number): T[] {
  const first = contenders.length === 0 ? 0 : (round >> 1) % contenders.length;
  const order = [...contenders.slice(first), ...contenders.slice(0, first)];
  return round % 2 === 0 ? order : order.reverse();
}
