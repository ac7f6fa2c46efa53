import { type EChartsOption, init } from 'echarts';

import { type Frame, type PanelOfType, type Size } from './frame.js';
import { graphOption } from './graph-option.js';
import { heatmapOption } from './heatmap-option.js';
import { statOption } from './stat-option.js';
import { tableOption } from './table-option.js';
import { timelineOption } from './timeline-option.js';

/** The inside of a panel, as SVG. */
export function drawPanel(frame: Frame, size: Size): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  chart.setOption(optionOf(frame, size));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function optionOf(frame: Frame, size: Size): EChartsOption {
  switch (frame.panel.type) {
    case 'timeseries':
      return graphOption(frame as Frame<PanelOfType<'timeseries'>>, size);
    case 'heatmap':
      return heatmapOption(frame as Frame<PanelOfType<'heatmap'>>);
    case 'stat':
      return statOption(frame as Frame<PanelOfType<'stat'>>, size);
    case 'state-timeline':
      return timelineOption(frame as Frame<PanelOfType<'state-timeline'>>, size);
    case 'table':
      return tableOption(frame as Frame<PanelOfType<'table'>>, size);
  }
}
