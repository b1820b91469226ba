import {
  DatabaseRequest,
  Problem,
} from '@goldenpath/plugin-golden-path-common';

/** The infra repo doesn't declare the database, nor another with its names, and could take the declaration. */
export const notDeclaredYet = async (
  request: DatabaseRequest,
  ports: {
    /** The files that the request would change; none where they say the same already. */
    plan(request: DatabaseRequest): Promise<{ changes: unknown[] }>;
  },
): Promise<Problem[]> => {
  const { databaseName, environment } = request;
  const field = 'databaseName';
  try {
    const { changes } = await ports.plan(request);
    return changes.length > 0
      ? []
      : [
          {
            field,
            message: `Database name: the infra repo declares ${databaseName} for ${environment} already, just as asked for here; choose another name, or use the database that is there.`,
          },
        ];
  } catch (error) {
    // What the files say against the request is for the form filler to read; what kept us from reading them is not.
    const { name, message } = error as Error;
    if (name === 'ConflictError') return [{ field, message }];
    if (name === 'InputError' || name === 'NotFoundError') {
      return [
        {
          field: '(platform)',
          message: `The infra repo can't take a database for ${environment}: ${message}`,
        },
      ];
    }
    throw error;
  }
};
