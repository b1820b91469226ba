import { ConflictError } from '@backstage/errors';

/**
 * A requested name that the infra repo declares already, and the database it belongs to there.
 *
 * @public
 */
export interface NameConflict {
  field: 'databaseName' | 'username';
  declaredBy: string;
}

/** The message has facts of the databases in the way, which not everybody may see. */
export class NameConflictError extends ConflictError {
  constructor(message: string, readonly conflicts: readonly NameConflict[]) {
    super(message);
  }
}

/**
 * Lists the names that are in the way of a request; none for another error.
 *
 * @public
 */
export const listNameConflicts = (error: unknown): readonly NameConflict[] =>
  (error as Partial<NameConflictError>).conflicts ?? [];
