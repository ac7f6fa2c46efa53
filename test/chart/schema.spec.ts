import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Ajv from 'ajv';
import { isMap, isPair, isScalar, parse, parseDocument } from 'yaml';

import { planted } from '../manifests/support/planted.js';
import { charted, type Values } from './support/chart.js';
import { CHART, HELMS } from './support/helms.js';
import { valuesOf } from './support/installations.js';

const text = readFileSync(join(CHART, 'values.yaml'), 'utf8');
const defaults = parse(text) as Values;

interface Schema {
  additionalProperties?: unknown;
  properties?: Record<string, Schema>;
}
const schema = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')) as Schema;

/** These may have any field. */
const OPEN = /^(ingress\.annotations|monitoring\.labels|networkPolicy\.\w+|resources\.\w+)$/;

describe('values.schema.json', () => {
  it('is a schema, which the values that are given meet', () => {
    const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
    expect([validate(defaults), validate.errors]).toEqual([true, null]);
  });

  it('has every value, and no other', () => {
    const missing = ({ properties = {} }: Schema, value: unknown, path: string): string[] =>
      Object.entries(properties).flatMap(([key, inner]) => {
        const own = (value as Values | undefined)?.[key];
        return own === undefined ? [`${path}${key}`] : missing(inner, own, `${path}${key}.`);
      });
    // Helm's own, for a chart that has this one within.
    expect(missing(schema, defaults, '')).toEqual(['global']);
  });
});

describe('values.yaml', () => {
  it('says what each value does', () => {
    const silent = (map: unknown, { properties = {} }: Schema, above: string): string[] =>
      !isMap(map)
        ? []
        : map.items.filter(isPair).flatMap(({ key, value }, index) => {
            if (!isScalar(key)) return [];
            const inner = properties[String(key.value)];
            if (inner === undefined) return [];
            const path = `${above}${String(key.value)}`;
            const comment = index === 0 ? (map.commentBefore ?? key.commentBefore) : key.commentBefore;
            const below = silent(value, inner, `${path}.`);
            const isGroup = inner.properties !== undefined && path !== 'resources';
            return comment || isGroup ? below : [path, ...below];
          });
    expect(
      silent(parseDocument(text).contents, schema, '').filter((path) => !path.startsWith('resources.')),
    ).toEqual([]);
  });
});

describe.each(HELMS.map((helm) => [basename(helm), helm] as const))('%s', (_name, helm) => {
  const kubernetes = valuesOf('kubernetes');
  const recovery = { recovery: { enabled: true } };
  const refusal = (values: Values) => () => charted(values, { helm });

  it.each([
    ['replicas', { replicas: 0 }, /replicas/],
    ['replicas', { replicas: '2' }, /replicas/],
    ['deliveries', { deliveries: 'yes' }, /deliveries/],
    ['spool.type', { spool: { type: 'off' } }, /spool.type/],
    ['spool.file.size', { spool: { file: { size: '12' } } }, /spool.file.size/],
    ['image.digest', { image: { digest: 'sha256:abc' } }, /image.digest/],
    ['backends', { backends: ['pac.example.com'] }, /backends.0/],
    ['backends', { backends: 'https://pac.example.com' }, /backends/],
    ['a filter', { backends: ['https://pac.example.com event=push'] }, /backends.0/],
    ['a filter', { backends: ['https://pac.example.com', 'events=push'] }, /backends.1/],
    ['platform', { platform: 'OpenShift' }, /platform/],
    ['certificates.by', { certificates: { by: 'hand' } }, /certificates.by/],
    ['extraEnv', { extraEnv: [{ name: 'A', valeu: 'b' }] }, /valeu/],
    [
      'extraEnv that is set',
      { extraEnv: [{ name: 'GH_APP_ID' }], ...recovery },
      /extraEnv: GH_APP_ID is set/,
    ],
    ['image.repository that is missing', { image: { repository: '' } }, /image.repository: where/],
    ['ingress.host that is missing', { ingress: { host: '' } }, /ingress.host: which/],
    ['replicas that recovery does not allow', { replicas: 2, ...recovery }, /replicas: without a database/],
    ['replicas that would not know', { replicas: 2, dynamicBackends: true }, /replicas: without a database/],
  ])('refuses %s by its name: %j', (_value, values, name) => {
    expect(refusal({ ...kubernetes, ...values })).toThrow(
      // One says spool.type, the other /spool/type.
      new RegExp(name.source.replaceAll('.', '[./]'), 's'),
    );
  });

  it.each(planted(defaults, OPEN).map((values, index) => [index, values] as const))(
    'refuses a value that nobody knows, in every map: %i',
    (_index, values) => {
      expect(refusal({ ...values })).toThrow(/planted/);
    },
  );

  it('takes more replicas where they have a database', () => {
    const values = { ...kubernetes, ...recovery, spool: { type: 'postgres' }, replicas: 4 };
    expect(charted(values, { helm }).deployment().replicas).toBe(4);
  });
});
