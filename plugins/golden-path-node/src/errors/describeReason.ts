/**
 * Returns an error's own message. Backstage's errors append the message of their cause, which ours already include.
 *
 * @public
 */
export const describeReason = ({ message, cause }: Error): string => {
  const suffix = `; caused by ${cause}`;
  return cause !== undefined && message.endsWith(suffix)
    ? message.slice(0, -suffix.length)
    : message;
};
