import { InputError } from '@backstage/errors';
import {
  parseRemoval,
  Problem,
  REMOVAL_REASONS,
  RemovalRequest,
} from '@goldenpath/plugin-golden-path-common';
import { GoldenPathConfig } from '../config';
import { assertGiven, formatProblems } from '../requestInput';

/** What a form for the end of a database gives. */
export interface RemovalForm {
  environment?: string;
  databaseName?: string;
  /** The name again, typed by hand. */
  confirmation?: string;
  reason?: string;
}

/** @throws InputError listing every broken rule */
export const parseRemovalForm = (
  form: RemovalForm,
  requestedBy: string,
  config: Pick<GoldenPathConfig, 'environments'>,
): RemovalRequest => {
  const { environment, databaseName, confirmation, reason } = form;
  assertGiven(
    'environment',
    environment,
    '${{ steps.inspect.output.environment }}',
  );
  assertGiven(
    'databaseName',
    databaseName,
    '${{ steps.inspect.output.databaseName }}',
  );
  const parsed = parseRemoval(
    { environment, databaseName, requestedBy, reason },
    config,
  );
  const problems = [
    ...('problems' in parsed ? parsed.problems : []),
    ...findConfirmationProblems(databaseName, confirmation),
    ...findReasonProblems(reason),
  ];
  if ('problems' in parsed || problems.length > 0)
    throw new InputError(formatProblems('The request', problems));
  return parsed.removal;
};

const findConfirmationProblems = (
  databaseName: string | undefined,
  confirmation: string = '',
): Problem[] =>
  confirmation === databaseName
    ? []
    : [
        {
          field: 'confirmation',
          message: `Confirmation: type the name of the database, ${databaseName}, to have it taken out. Got ${JSON.stringify(
            confirmation,
          )}.`,
        },
      ];

const findReasonProblems = (reason: string = ''): Problem[] =>
  REMOVAL_REASONS.some(one => one === reason)
    ? []
    : [
        {
          field: 'reason',
          message: `Reason: choose one of ${REMOVAL_REASONS.map(
            one => `"${one}"`,
          ).join(', ')}. Got ${JSON.stringify(reason)}.`,
        },
      ];
