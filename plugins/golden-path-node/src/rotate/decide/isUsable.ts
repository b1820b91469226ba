/**
 * Whether a rotation that was begun can go on: its version has no value yet, or is for the login that isn't current, on the
 * same server.
 */
export const isUsable = (
  current: string,
  pending: string | undefined,
): boolean => {
  if (pending === undefined) return true;
  try {
    const { username, password: _, ...place } = JSON.parse(current);
    const { username: other, password, ...samePlace } = JSON.parse(pending);
    return (
      typeof password === 'string' &&
      other !== username &&
      JSON.stringify(place) === JSON.stringify(samePlace)
    );
  } catch {
    return false;
  }
};
