/** The value of the next version: that of the current one, with another login and its password. Other fields stay. */
export const composePending = (
  current: string,
  { login, password }: { login: string; password: string },
): string =>
  JSON.stringify({ ...JSON.parse(current), username: login, password });
