import { isCollection, isPair, isScalar, Node, Pair, YAMLMap } from 'yaml';

export const startOf = (pair: Pair | undefined): number =>
  (pair?.key as { range?: [number, number, number] } | undefined)?.range?.[0] ??
  0;
export const keyOf = (pair: Pair): string =>
  String(isScalar(pair.key) ? pair.key.value : pair.key);
/** Whether the pair is a merge key; the yaml library gives it a symbol as value. */
export const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && key.source === '<<' && key.type === 'PLAIN';
export const listPairs = (map: YAMLMap | undefined): Pair[] => map?.items ?? [];
export const findPair = (
  map: YAMLMap | undefined,
  name: string,
): Pair | undefined => map?.items.find(pair => keyOf(pair) === name);
export const getOwn = (object: unknown, name: string): unknown =>
  object && Object.hasOwn(object, name)
    ? (object as Record<string, unknown>)[name]
    : undefined;

/** Offset after the pair's value, before a comment. */
export const endOf = ({ key, value }: Pair): number =>
  endOfNode(value) ?? endOfNode(key) ?? 0;

const endOfNode = (node: unknown): number | undefined => {
  if (isPair(node)) return endOf(node);
  // The range of a block collection includes comments below it.
  const last = isCollection(node) && !node.flow ? node.items.at(-1) : undefined;
  return last === undefined
    ? (node as Node | null | undefined)?.range?.[1]
    : endOfNode(last);
};
