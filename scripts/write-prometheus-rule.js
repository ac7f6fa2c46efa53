// Makes the PrometheusRule of the rule files, which promtool and a Prometheus without the operator read. Kustomize cannot
// put one YAML file into another.
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse, stringify } = require('yaml');

const directory = join(__dirname, '../k8s/components/monitoring');
const groups = readdirSync(join(directory, 'rules'))
  .sort()
  .flatMap((file) => parse(readFileSync(join(directory, 'rules', file), 'utf8')).groups);

const rule = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'sprayproxy', labels: { 'app.kubernetes.io/part-of': 'sprayproxy' } },
  spec: { groups },
};

writeFileSync(
  join(directory, 'prometheus-rule.yaml'),
  `# Made of rules/ by "npm run build:rules"; not edited by hand.\n${stringify(rule, { lineWidth: 0 })}`,
);
