import { InputError, ServiceUnavailableError } from '@backstage/errors';
import {
  AppRequest,
  appSchema,
  Problem,
  RequestOptions,
} from '@goldenpath/plugin-golden-path-common';
import { formatProblems } from '../requestInput';

/** Checks against catalog, GitHub and infra repo; each returns its problems. */
export interface Questions<Request> {
  owner(owner: string): Promise<Problem[]>;
  /** The request is undefined while it breaks a rule of the contract. */
  app(componentId: string, request: Request | undefined): Promise<Problem[]>;
  /** Whether the catalog has an entity with the app's name. */
  entityName(componentId: string): Promise<Problem[]>;
  /** Whatever the form says. */
  platform: Array<() => Promise<Problem[]>>;
  /** Run only for requests that pass every rule of the contract. */
  whole: Array<(request: Request) => Promise<Problem[]>>;
}

/**
 * Checks all rules at once: the contract's, and the checks of valid fields against catalog, GitHub and infra repo.
 * @throws InputError with all problems; ServiceUnavailableError when there is no problem but a check failed to run
 */
export const checkRequest = async <Request extends AppRequest>(
  input: Record<string, unknown>,
  parse: (
    input: unknown,
    options: RequestOptions,
  ) => { request: Request } | { problems: Problem[] },
  options: RequestOptions,
  questions: Questions<Request>,
): Promise<Request> => {
  const parsed = parse(input, options);
  const { shape } = appSchema(options);
  const owner = shape.owner.safeParse(input.owner);
  const app = shape.component_id.safeParse(input.component_id);
  const request = 'request' in parsed ? parsed.request : undefined;
  const answers = await Promise.allSettled([
    ...questions.platform.map(ask => ask()),
    ...(owner.success ? [questions.owner(owner.data)] : []),
    ...(app.success
      ? [questions.app(app.data, request), questions.entityName(app.data)]
      : []),
    ...(request ? questions.whole.map(ask => ask(request)) : []),
  ]);

  const problems = [
    ...('problems' in parsed ? parsed.problems : []),
    ...answers.flatMap(one => (one.status === 'fulfilled' ? one.value : [])),
  ];
  const faults = answers.flatMap(one =>
    one.status === 'rejected' ? [one.reason as Error] : [],
  );
  if ('problems' in parsed || problems.length > 0) {
    const failedChecks = faults.map(fault => ({
      field: '(platform)',
      message: `Some checks failed to run: ${fault.message}`,
    }));
    throw new InputError(
      formatProblems('The request', [...problems, ...failedChecks]),
    );
  }
  if (faults.length > 0) {
    throw new ServiceUnavailableError(
      'Some checks failed to run, and nothing was changed; press Retry',
      faults[0],
    );
  }
  return parsed.request;
};
