import { type Builder } from '@grafana/grafana-foundation-sdk/cog';
import { type DashboardLink, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

import { RUNBOOK, SELECTING } from './variables.js';

/** A tag that all of them have, so that each can list the others. */
export const TAG = 'sprayproxy';

export const OVERVIEW_UID = 'sprayproxy-overview';
export const BACKEND_UID = 'sprayproxy-backend';

/** The other dashboards, with the same choices and the same time. */
export const otherDashboards: Builder<DashboardLink> = link({
  title: 'Sprayproxy',
  type: DashboardLinkType.Dashboards,
  tags: [TAG],
  includeVars: true,
  keepTime: true,
});

/** What to do, at the section of docs/runbook.md that is about this. */
export function runbook(section: string): Builder<DashboardLink> {
  return link({ title: 'Runbook', url: `\${${RUNBOOK}:raw}#${section}`, targetBlank: true });
}

/** From a series with the label `host` to that backend. */
export const toBackend: Builder<DashboardLink> = link({
  title: 'This backend',
  url: `/d/${BACKEND_UID}?${[
    ...SELECTING.map((name) => `\${${name}:queryparam}`),
    'var-host=${__field.labels.host}',
    '${__url_time_range}',
  ].join('&')}`,
});

function link(given: Partial<DashboardLink>): Builder<DashboardLink> {
  const unused = { icon: '', tooltip: '', tags: [], asDropdown: false };
  const plain = { targetBlank: false, includeVars: false, keepTime: false };
  const type = DashboardLinkType.Link;
  return { build: () => ({ title: '', type, ...unused, ...plain, ...given }) };
}
