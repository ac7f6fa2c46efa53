import { parser } from '@prometheus-io/lezer-promql';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

export interface Selector {
  metric: string;
  /** Labels that it is matched by, and those that the aggregations around it keep. */
  labels: string[];
}

/**
 * The selectors of an expression, and their labels.
 * @throws if Prometheus would not parse it.
 */
export function selectorsOf(expression: string): Selector[] {
  const textOf = ({ from, to }: SyntaxNode): string => expression.slice(from, to);
  const found: Selector[] = [];
  const visit = (node: SyntaxNode, grouping: readonly string[]): void => {
    if (node.type.isError) throw new Error(`no PromQL at ${node.from}: ${expression}`);
    if (node.name === 'VectorSelector') {
      const metric = node.getChild('Identifier');
      const matchers = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
      const matched = matchers.flatMap((matcher) => matcher.getChildren('LabelName')).map(textOf);
      found.push({ metric: metric === null ? '' : textOf(metric), labels: [...matched, ...grouping] });
    }
    const kept = node.getChild('AggregateModifier')?.getChild('GroupingLabels')?.getChildren('LabelName');
    const inner = kept === undefined ? grouping : [...grouping, ...kept.map(textOf)];
    for (let child = node.firstChild; child !== null; child = child.nextSibling) visit(child, inner);
  };
  visit(parser.parse(expression).topNode, []);
  return found;
}
