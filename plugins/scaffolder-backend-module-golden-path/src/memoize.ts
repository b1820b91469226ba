/** Reads once; later calls get the first value, whatever they ask about. */
export const memoize = <Input, Value>(
  read: (input: Input) => Promise<Value>,
) => {
  let value: Promise<Value> | undefined;
  return (input: Input) => (value ??= read(input));
};
