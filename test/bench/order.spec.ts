import { roundOrder } from '../../bench/order.js';

const CONTENDERS = ['a', 'b', 'c', 'd', 'e'];

/** Of each contender, in each of the rounds. */
const places = (rounds: readonly number[]): Map<string, number[]> =>
  new Map(
    CONTENDERS.map((each) => [each, rounds.map((round) => roundOrder(CONTENDERS, round).indexOf(each))]),
  );

describe('the order of a round', () => {
  it.each([0, 1, 2, 7, 100])('has every contender once, in round %d', (round) => {
    expect(roundOrder(CONTENDERS, round).toSorted()).toEqual(CONTENDERS);
  });

  it.each([0, 2, 4, 12])('gives all the same place on average, over rounds %d and the next', (round) => {
    const sums = [...places([round, round + 1]).values()].map(([first = 0, second = 0]) => first + second);
    expect(new Set(sums)).toEqual(new Set([CONTENDERS.length - 1]));
  });

  it('gives each contender each place equally often, over twice as many rounds as there are contenders', () => {
    const rounds = Array.from({ length: 2 * CONTENDERS.length }, (_, round) => round);
    for (const held of places(rounds).values()) {
      expect(held.toSorted()).toEqual(CONTENDERS.flatMap((_, place) => [place, place]));
    }
  });

  it.each([[[]], [['a']]])('of %j stays that', (contenders) => {
    expect(roundOrder(contenders, 3)).toEqual(contenders);
  });
});
