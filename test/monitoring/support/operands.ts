import { parser } from '@prometheus-io/lezer-promql';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

const SET_OPERATORS = ['And', 'Or', 'Unless'];
const COMPARISONS = ['Eql', 'EqlC', 'Neq', 'Gte', 'Gtr', 'Lss', 'Lte'];

/**
 * What an alert weighs: both sides of every `and`, `or`, `unless` and comparison, without the numbers they are compared with,
 * and what `absent` asks for. A comparison inside arithmetic, as in `a / (b > 0)`, belongs to the operand and stays.
 */
export function operandsOf(expression: string): string[] {
  const textOf = ({ from, to }: SyntaxNode): string => expression.slice(from, to).trim();
  const isVector = (node: SyntaxNode): boolean => includes(node, ({ name }) => name === 'VectorSelector');

  const split = (node: SyntaxNode): string[] => {
    if (node.name === 'BinaryExpr' && node.firstChild && node.lastChild && isDecision(node))
      return [...split(node.firstChild), ...split(node.lastChild)];
    const inner = innerOf(node);
    if (inner !== null) return split(inner);
    return isVector(node) ? [textOf(node)] : [];
  };
  const { firstChild } = parser.parse(expression).topNode;
  return firstChild === null ? [] : [...new Set(split(firstChild))];
}

const isDecision = (node: SyntaxNode): boolean =>
  [...SET_OPERATORS, ...COMPARISONS].some((operator) => node.getChild(operator) !== null);

/** What stands in brackets, in `absent()`, or in an aggregation of something compared. */
function innerOf(node: SyntaxNode): SyntaxNode | null {
  if (node.name === 'ParenExpr') return node.firstChild;
  const body = node.getChild('FunctionCallBody')?.lastChild ?? null;
  if (node.name === 'FunctionCall' && node.getChild('FunctionIdentifier')?.getChild('Absent')) return body;
  if (node.name === 'AggregateExpr' && body?.name === 'BinaryExpr' && isDecision(body)) return body;
  return null;
}

function includes(node: SyntaxNode, matches: (node: SyntaxNode) => boolean): boolean {
  if (matches(node)) return true;
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (includes(child, matches)) return true;
  return false;
}
