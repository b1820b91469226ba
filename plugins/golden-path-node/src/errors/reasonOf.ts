/**
 * What an error says in its own words. Backstage's errors put what their cause says behind them; ours say already what a
 * reader needs of it.
 *
 * @public
 */
export const reasonOf = ({ message, cause }: Error): string => {
  const added = `; caused by ${cause}`;
  return cause !== undefined && message.endsWith(added)
    ? message.slice(0, -added.length)
    : message;
};
