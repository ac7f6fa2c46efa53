import { alertingRules, recordingRules } from './support/rule-files.js';

/** Table 5-8 of https://sre.google/workbook/alerting-on-slos/, and a step between its last two: 1 d and 2 h. */
const ALERTS = [
  { days: 2, long: '1h', seconds: 3_600, short: '5m', burn: 14.4 },
  { days: 5, long: '6h', seconds: 21_600, short: '30m', burn: 6 },
  { days: 10, long: '1d', seconds: 86_400, short: '2h', burn: 3 },
  { days: 30, long: '3d', seconds: 259_200, short: '6h', burn: 1 },
];

const BAD = 'namespace:sprayproxy_answers_bad';
const ANSWERS = 'sprayproxy_webhook_answer_duration_seconds';

const answers = (window: string) => `sum by (namespace) (rate(${ANSWERS}_count{status!~"4.."}[${window}]))`;
const taken = (window: string) => `sum by (namespace) (rate(${ANSWERS}_count{status=~"2.."}[${window}]))`;
const good = (window: string) =>
  `sum by (namespace) (rate(${ANSWERS}_bucket{le=~"10(\\\\.0)?", status=~"2.."}[${window}]))`;

/** Of what stands in front, if it is scraped. */
const ROUTER = 'namespace:sprayproxy_router_answers';

/** From what stands in front, and what was late of the program; from the former alone; from the program alone. */
const bad = (window: string) =>
  [
    `${ROUTER}_bad:rate${window} + ( ${taken(window)} - ${good(window)} )`,
    `${ROUTER}_bad:rate${window}`,
    `${answers(window)} - ${good(window)}`,
  ].join(' or ');
const all = (window: string) => `( ${ROUTER}:rate${window} or ${answers(window)} )`;

/** By Route or by Ingress, whatever the label with its namespace is called. */
const inFront = (window: string, code: string, status: string) =>
  [
    `haproxy_backend_http_responses_total{route=~"(.+-)?sprayproxy(-route)?", code${code}}`,
    `nginx_ingress_controller_requests{ingress=~"(.+-)?sprayproxy", method="POST", status=~"${status}"}`,
  ]
    .map(
      (series) =>
        `sum by (namespace) ( label_replace( rate(${series}[${window}]), "namespace", "$1", "exported_namespace", "(.+)" ) )`,
    )
    .join(' or ');

const windows = [...new Set(ALERTS.flatMap(({ long, short }) => [long, short]))];

const inOneLine = (expr: string) => expr.trim().replaceAll(/\s+/g, ' ');

it('the alerts weigh the windows of the table', () => {
  const alerts = alertingRules.filter(({ alert }) => alert.startsWith('SprayproxyErrorBudget'));
  expect(alerts.map(({ alert, expr }) => [alert, inOneLine(expr)])).toEqual(
    ALERTS.map(({ days, long, seconds, short, burn }) => [
      `SprayproxyErrorBudgetGoneIn${String(days)}Days`,
      [
        `${BAD}:ratio_rate${long} > ${String(burn)} * 0.001`,
        `${BAD}:ratio_rate${short} > ${String(burn)} * 0.001`,
        `${BAD}:rate${long} * ${String(seconds)} > 5.5`,
      ].join(' and '),
    ]),
  );
});

it('every window of an alert is recorded, each in the same way', () => {
  const recorded = recordingRules.filter(({ record }) => record.startsWith(BAD));
  expect(new Map(recorded.map(({ record, expr }) => [record, inOneLine(expr)]))).toEqual(
    new Map(
      windows.flatMap((window) => [
        [`${BAD}:rate${window}`, bad(window)],
        [`${BAD}:ratio_rate${window}`, `${BAD}:rate${window} / ${all(window)}`],
      ]),
    ),
  );
});

it('what stands in front is asked for every window too', () => {
  const recorded = recordingRules.filter(({ record }) => record.startsWith(ROUTER));
  expect(new Map(recorded.map(({ record, expr }) => [record, inOneLine(expr)]))).toEqual(
    new Map(
      windows.flatMap((window) => [
        [`${ROUTER}:rate${window}`, `( ${inFront(window, '=~"2xx|5xx"', '[25]..')} ) > 0`],
        [
          `${ROUTER}_bad:rate${window}`,
          `( ${inFront(window, '="5xx"', '5..')} ) and ${ROUTER}:rate${window} or 0 * ${ROUTER}:rate${window}`,
        ],
      ]),
    ),
  );
});
