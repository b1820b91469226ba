/** Whether the backend answered that this may not be seen: asking again changes nothing. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'statusCode' in error && error.statusCode === 403;
