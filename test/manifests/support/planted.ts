/**
 * A copy for every object within the value, with a field nobody knows planted in that object.
 * @param open paths, as `spec.ports.0`, of what may have any field.
 */
export function planted<T>(value: T, open: RegExp): T[] {
  const copies: T[] = [];
  const visit = (child: unknown, path: string[]) => {
    if (typeof child !== 'object' || child === null || open.test(path.join('.'))) return;
    if (!Array.isArray(child)) {
      const copy = structuredClone(value);
      let target = copy as Record<string, unknown>;
      for (const key of path) target = target[key] as Record<string, unknown>;
      target.planted = true;
      copies.push(copy);
    }
    for (const [key, grandchild] of Object.entries(child)) visit(grandchild, [...path, key]);
  };
  visit(value, []);
  return copies;
}
