import {
  DatabaseRequest,
  Problem,
} from '@goldenpath/plugin-golden-path-common';

/** Checks that the infra repo declares neither the database nor its role, and that the entry can be added. */
export const checkNotDeclared = async (
  request: DatabaseRequest,
  ports: {
    /** Plans the changed files; none when both declare the same already. */
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
            message: `Database name: the infra repo declares ${databaseName} for ${environment} already, with the same values; choose another name, or use the existing database.`,
          },
        ];
  } catch (error) {
    // A conflict is the requester's to resolve; an unreadable file is the platform's.
    const { name, message } = error as Error;
    if (name === 'ConflictError') return [{ field, message }];
    if (name === 'InputError' || name === 'NotFoundError') {
      return [
        {
          field: '(platform)',
          message: `Can't add a database for ${environment} to the infra repo: ${message}`,
        },
      ];
    }
    throw error;
  }
};
