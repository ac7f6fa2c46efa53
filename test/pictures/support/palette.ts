/** Grafana's named colors, on white. */
const NAMED: Readonly<Record<string, string>> = {
  green: '#56a64b',
  yellow: '#e0b400',
  orange: '#ff780a',
  'light-orange': '#ffb357',
  'dark-orange': '#fa6400',
  red: '#e02f44',
  'light-red': '#ff7383',
  'dark-red': '#ad0317',
  purple: '#a352cc',
  blue: '#3274d9',
};

/** For series without a color of their own, in order. */
const CLASSIC = [
  '#56a64b',
  '#e0b400',
  '#3274d9',
  '#ff780a',
  '#8ab8ff',
  '#a352cc',
  '#e02f44',
  '#37872d',
  '#b877d9',
];

/** @throws if Grafana has no color of that name. */
export function colorNamed(name: string): string {
  const color = NAMED[name];
  if (color === undefined) throw new Error(`a color no picture knows: ${name}`);
  return color;
}

export const classicColor = (index: number): string => CLASSIC[index % CLASSIC.length] as string;
