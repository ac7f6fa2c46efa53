import { Component, type ComponentChild, createElement, type FunctionComponent } from 'preact';

/** Renders again only what has other properties. */
export function memo<Props extends object>(
  render: (props: Props) => ComponentChild,
): FunctionComponent<Props> {
  class Remembering extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      const names = Object.keys(next) as (keyof Props)[];
      return names.some((name) => !Object.is(next[name], this.props[name]));
    }

    override render(props: Props): ComponentChild {
      return render(props);
    }
  }
  return (props) => createElement(Remembering, props);
}
