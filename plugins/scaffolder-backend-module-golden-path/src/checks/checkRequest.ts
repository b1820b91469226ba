import { InputError, ServiceUnavailableError } from '@backstage/errors';
import {
  DatabaseRequest,
  parseRequest,
  Problem,
  RequestOptions,
  requestSchema,
} from '@goldenpath/plugin-golden-path-common';
import { problemList } from '../requestInput';

/** The questions that only the world can answer; each gives the problems it found. */
export interface Questions {
  owner(owner: string): Promise<Problem[]>;
  app(componentId: string): Promise<Problem[]>;
  infraRepo(): Promise<Problem[]>;
  /** Asked for requests that keep every rule. */
  whole: Array<(request: DatabaseRequest) => Promise<Problem[]>>;
}

/**
 * Every rule at once: the contract's, and what the catalog, GitHub and the infra repo have to say about the fields
 * that are right in themselves.
 * @throws InputError with all problems; ServiceUnavailableError where none was found and not everybody answered
 */
export const checkRequest = async (
  input: Record<string, unknown>,
  options: RequestOptions,
  questions: Questions,
): Promise<DatabaseRequest> => {
  const parsed = parseRequest(input, options);
  const { shape } = requestSchema(options);
  const owner = shape.owner.safeParse(input.owner);
  const app = shape.component_id.safeParse(input.component_id);
  const answers = await Promise.allSettled([
    questions.infraRepo(),
    ...(owner.success ? [questions.owner(owner.data)] : []),
    ...(app.success ? [questions.app(app.data)] : []),
    ...('request' in parsed
      ? questions.whole.map(ask => ask(parsed.request))
      : []),
  ]);

  const problems = [
    ...('problems' in parsed ? parsed.problems : []),
    ...answers.flatMap(one => (one.status === 'fulfilled' ? one.value : [])),
  ];
  const faults = answers.flatMap(one =>
    one.status === 'rejected' ? [one.reason as Error] : [],
  );
  if ('problems' in parsed || problems.length > 0) {
    const unasked = faults.map(fault => ({
      field: '(platform)',
      message: `Not everything could be checked: ${fault.message}`,
    }));
    throw new InputError(problemList('The request', [...problems, ...unasked]));
  }
  if (faults.length > 0) {
    throw new ServiceUnavailableError(
      'Not everything could be checked, and nothing has been changed; press Retry',
      faults[0],
    );
  }
  return parsed.request;
};
