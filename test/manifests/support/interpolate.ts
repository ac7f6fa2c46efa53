/**
 * Puts values in the place of variables, as Grafana does before it asks Prometheus.
 * @throws if one has no value.
 */
export function interpolate(expression: string, values: Readonly<Record<string, string>>): string {
  return expression.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for $${name}: ${expression}`);
    return value;
  });
}
