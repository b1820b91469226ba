/** A literal segment goes before a variable one, and a longer path before its own beginning. */
export const compareSpecificity = (a: string, b: string): number => {
  const [left, right] = [a, b].map(name => name.split('/'));
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [x, y] = [left[at], right[at]];
    if (x === undefined || y === undefined) return x === undefined ? 1 : -1;
    const [isVariableX, isVariableY] = [x, y].map(part => part.startsWith('{'));
    if (isVariableX !== isVariableY) return isVariableX ? 1 : -1;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
};
