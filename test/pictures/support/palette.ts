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
  'light-purple': '#ca95e5',
  blue: '#3274d9',
  'light-blue': '#5794f2',
  'super-light-blue': '#8ab8ff',
  'dark-blue': '#1250b0',
};

/** @throws if Grafana has no color of that name. */
export function colorNamed(name: string): string {
  const color = NAMED[name];
  if (color === undefined) throw new Error(`a color no picture knows: ${name}`);
  return color;
}

const SHADES = 6;
const STRONGEST = 0.6;

/** One of the shades of a color, by place: itself, then lighter and darker ones in turn. */
export function shadeOf(color: string, place: number): string {
  const step = Math.ceil((place % (2 * SHADES - 1)) / 2);
  const towards = place % 2 === 1 ? 255 : 0;
  const share = (step / SHADES) * STRONGEST;
  const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  const mixed = channels.map((channel) => Math.round(channel + (towards - channel) * share));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
