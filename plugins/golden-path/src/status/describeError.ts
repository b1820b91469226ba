/** The backend's own words where it gave some: the error itself only names the HTTP status. */
export const describeError = ({ cause, message }: Error): string =>
  cause instanceof Error && cause.message ? cause.message : message;
