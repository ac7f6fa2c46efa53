import { type DeliveryFilter } from '../../model/delivery-filter.js';
import { LIST_PARAMETERS, parseListQuery } from '../list-query.js';
import { invalid, parametersOf } from '../parameters.js';
import { type Action, type FilterName, type Filters } from './operation.js';

export const FILTER_NAMES = LIST_PARAMETERS.filter(
  (name): name is FilterName => name !== 'limit' && name !== 'cursor',
);

/** What is to be done to many deliveries. */
export interface BulkRequest {
  readonly action: Action;
  readonly filters: Filters;
  readonly filter: DeliveryFilter;
  /** Whether what was accepted is sent again too. */
  readonly accepted: boolean;
}

/**
 * Reads POST `/deliveries/attempts` and DELETE `/deliveries`.
 * @param target path and query of the request as they came
 * @param body its JSON object
 * @param now ms since the epoch
 * @throws SprayproxyError `invalid-request`
 */
export function parseBulkRequest(
  action: Action,
  target: string,
  body: Readonly<Record<string, unknown>>,
  now: number,
): BulkRequest & { readonly dryRun: boolean } {
  const { dryRun = false, accepted = false, ...rest } = body;
  if (typeof dryRun !== 'boolean') invalid('dryRun must be true or false');
  if (typeof accepted !== 'boolean') invalid('accepted must be true or false');
  if (action === 'discard' && body.accepted !== undefined) invalid('what was accepted cannot be discarded');
  const given: Partial<Record<FilterName, string>> = parametersOf(target, FILTER_NAMES);
  for (const [field, value] of Object.entries(rest)) {
    const name = FILTER_NAMES.find((known) => known === field);
    if (name === undefined) invalid(`the body may have ${fieldsOf(action).join(', ')}, nothing else`);
    if (typeof value !== 'string') invalid(`${name} must be a string`);
    if (given[name] !== undefined) invalid(`${name} is given twice`);
    given[name] = value;
  }
  if (Object.keys(given).length === 0) {
    invalid(`give at least one filter: ${FILTER_NAMES.join(', ')}`);
  }
  const { before, limit, ...filter } = parseListQuery(`?${new URLSearchParams(given).toString()}`, now);
  if (filter.state === 'accepted' && !accepted)
    invalid(
      action === 'discard'
        ? 'what was accepted cannot be discarded'
        : 'what was accepted is sent again only with "accepted":true',
    );
  if (filter.state === 'owed' && action === 'resend') invalid('what is owed is sent by itself');
  if (filter.state === 'filtered') invalid('what a filter left out can be sent one by one only');
  const { since } = filter;
  const filters = { ...given, ...(since !== undefined && { since: new Date(since).toISOString() }) };
  return { action, filters, filter, accepted, dryRun };
}

const fieldsOf = (action: Action): string[] => [
  ...FILTER_NAMES,
  'dryRun',
  ...(action === 'resend' ? ['accepted'] : []),
];
