import { parser } from '@prometheus-io/lezer-promql';

import { present } from './present.js';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

export interface Matcher {
  label: string;
  operator: string;
  value: string;
}

export interface Selector {
  /** As it stands in the expression. */
  text: string;
  metric: string;
  matchers: Matcher[];
  /** Labels that it is matched by, and those that the aggregations around it keep. */
  labels: string[];
}

/**
 * The selectors of an expression, and their labels.
 * @throws if Prometheus would not parse it.
 */
export function selectorsOf(expression: string): Selector[] {
  const textOf = ({ from, to }: SyntaxNode): string => expression.slice(from, to);
  const part = (node: SyntaxNode, name: string): string =>
    textOf(present(node.getChild(name), `${name} in ${textOf(node)}`));
  const found: Selector[] = [];
  const visit = (node: SyntaxNode, grouping: readonly string[]): void => {
    if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${expression}`);
    if (node.name === 'VectorSelector') {
      const metric = node.getChild('Identifier');
      const matchers = (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(
        (matcher): Matcher => ({
          label: part(matcher, 'LabelName'),
          operator: part(matcher, 'MatchOp'),
          value: JSON.parse(part(matcher, 'StringLiteral')) as string,
        }),
      );
      const labels = [...matchers.map(({ label }) => label), ...grouping];
      found.push({ text: textOf(node), metric: metric === null ? '' : textOf(metric), matchers, labels });
    }
    const kept = node.getChild('AggregateModifier')?.getChild('GroupingLabels')?.getChildren('LabelName');
    const inner = kept === undefined ? grouping : [...grouping, ...kept.map(textOf)];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child, inner);
  };
  visit(parser.parse(expression).topNode, []);
  return found;
}

/** Whether Prometheus lets a label of that value through. */
export function passes({ operator, value }: Matcher, given: string): boolean {
  const same = operator.endsWith('~') ? new RegExp(`^(?:${value})$`).test(given) : value === given;
  return operator.startsWith('!') ? !same : same;
}
