/** Each its own outline: who does not see colours tells them apart. */
const OUTLINES = {
  accepted: 'M3 8.5l3.5 3.5L13 4.5',
  done: 'M3 8.5l3.5 3.5L13 4.5',
  failed: 'M8 3v6M8 12v.5',
  interrupted: 'M8 3v6M8 12v.5',
  cancelled: 'M4 4h8v8h-8z',
  dead: 'M4 4l8 8M12 4l-8 8',
  rejected: 'M8 2.5a5.5 5.5 0 1 0 .01 0M4.3 4.3l7.4 7.4',
  refused: 'M8 2.5a5.5 5.5 0 1 0 .01 0M5 8h6',
  owed: 'M8 2.5a5.5 5.5 0 1 0 .01 0M8 5v3.5l2.5 1.5',
  unknown: 'M5.5 6a2.5 2.5 0 1 1 3.5 2.3q-1 .5-1 1.7M8 12.6v.4',
  filtered: 'M2.5 3.5h11L9.5 8.5v4l-3-1.5v-2.5z',
  paused: 'M5.5 3.5v9M10.5 3.5v9',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  down: 'M8 3v9.5M4 9l4 4 4-4',
  running: 'M4.5 3l8 5-8 5z',
} as const;

export type ShapeName = keyof typeof OUTLINES;

/** Decoration: the word stands beside it. */
export function Shape({ name }: { readonly name: string }) {
  const outline = OUTLINES[name in OUTLINES ? (name as ShapeName) : 'unknown'];
  return (
    <svg class="shape" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <path d={outline} />
    </svg>
  );
}
