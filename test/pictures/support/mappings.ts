import { type DataPanel } from '../../manifests/support/dashboard-schema.js';
import { colorNamed } from './palette.js';

export interface State {
  text: string;
  color: string;
}

/** What a panel calls a value, if it has a word for it. */
export function mappingOf(panel: DataPanel, value: number): State | undefined {
  for (const mapping of panel.fieldConfig.defaults.mappings ?? []) {
    if (mapping.type !== 'value') continue;
    const state = mapping.options[String(value)];
    if (state?.text !== undefined && state.color !== undefined)
      return { text: state.text, color: colorNamed(state.color) };
  }
  return undefined;
}
