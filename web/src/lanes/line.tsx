const WIDTH = 60;
const HEIGHT = 22;
/** Half of it is the width of the stroke. */
const MARGIN = 2;

interface LineProps {
  /** One a minute, oldest first; `null`: there is none. */
  readonly values: readonly (number | null)[];
  readonly words: (value: number) => string;
  /** What they are. */
  readonly of: string;
}

/** The last minutes as a small line, and the latest of them in words. */
export function Line({ values, words, of }: LineProps) {
  const known = values.flatMap((value) => (value === null ? [] : [value]));
  const latest = known.at(-1);
  if (latest === undefined) return <>none yet</>;
  const highest = Math.max(...known);
  const description = `${of} of the last ${values.length} minutes: latest ${words(latest)}, highest ${words(highest)}`;
  return (
    <span class="line">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={description}
      >
        <path d={pathOf(values, highest)} />
      </svg>{' '}
      {words(latest)}
    </span>
  );
}

/** With a gap where there is no value; one that stands alone is a dot. */
function pathOf(values: readonly (number | null)[], highest: number): string {
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, values.length - 1);
  return values
    .map((value, at) => {
      if (value === null) return '';
      const x = MARGIN + at * step;
      const y = HEIGHT - MARGIN - (highest === 0 ? 0 : (value / highest) * (HEIGHT - 2 * MARGIN));
      const isJoined = at > 0 && values[at - 1] !== null;
      const point = `${x.toFixed(1)} ${y.toFixed(1)}`;
      return isJoined ? `L${point}` : `M${point}h.01`;
    })
    .join('');
}
