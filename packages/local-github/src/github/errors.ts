/** One entry of a "Validation Failed" answer. */
export interface FieldError {
  resource: string;
  field?: string;
  code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'custom';
  message?: string;
  value?: string;
}

/** An answer of GitHub's that is no success: its status and the words it uses. */
export class GitHubError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: Array<FieldError | string>,
  ) {
    super(message);
    this.name = 'GitHubError';
  }
}

export const createNotFound = () => new GitHubError(404, 'Not Found');

export const createValidationFailed = (...errors: Array<FieldError | string>) =>
  new GitHubError(422, 'Validation Failed', errors);

/** A rule that one field breaks, in a message of its own. */
export const createCustomError = (
  resource: string,
  message: string,
  field?: string,
) =>
  createValidationFailed({
    resource,
    ...(field && { field }),
    code: 'custom',
    message,
  });
