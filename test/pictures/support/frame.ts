import { type DataPanel } from '../../manifests/support/dashboard-schema.js';

/** One series of a panel, as Grafana would draw it. */
export interface Series {
  legend: string;
  labels: Readonly<Record<string, string>>;
  /** Times in ms since the epoch. */
  points: [at: number, value: number][];
}

/** A panel and what its queries have returned. */
export interface Frame<P extends DataPanel = DataPanel> {
  panel: P;
  series: Series[];
  /** First and last moment shown, in ms since the epoch, and the time from one point to the next. */
  time: { start: number; end: number; step: number };
}

export type PanelOfType<T extends DataPanel['type']> = Extract<DataPanel, { type: T }>;

export interface Size {
  width: number;
  height: number;
}

/** The last value there is, which is what a single number shows. */
export const lastValue = ({ points }: Series): number | undefined =>
  points.findLast(([, value]) => Number.isFinite(value))?.[1];
