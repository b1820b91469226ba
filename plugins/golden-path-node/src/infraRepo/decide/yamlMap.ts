import { isScalar, Pair, YAMLMap } from 'yaml';

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
export const endOf = (pair: Pair): number => {
  const value = pair.value as { range?: [number, number, number] } | null;
  const key = pair.key as { range?: [number, number, number] };
  return value?.range?.[1] ?? key.range![1];
};
