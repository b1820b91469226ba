import {
  DatabaseSummary,
  STATUS_PROBLEMS,
  StatusProblem,
  StatusStep,
} from '@goldenpath/plugin-golden-path-common';
import type { Knex } from 'knex';

/** Which databases somebody may see, in the shape of a permission's criteria. */
export type VisibleOwners =
  | { anyOf: readonly VisibleOwners[] }
  | { allOf: readonly VisibleOwners[] }
  | { not: VisibleOwners }
  /** Entity references; none of them sees nothing. */
  | { ownerRefs: readonly string[] };

/** Every part that is given must match. */
export interface DatabaseFilter {
  environment?: string;
  /** Entity references. */
  owners?: readonly string[];
  /** The last step that is done, or the problem. */
  status?: StatusStep | StatusProblem;
  /** Part of a name: database, user, app, owner, requester. */
  text?: string;
  component?: string;
  visible?: VisibleOwners;
  limit: number;
  /** From the page before. */
  cursor?: string;
}

export interface DatabasePage {
  items: DatabaseSummary[];
  /** On all pages. */
  total: number;
  nextCursor?: string;
}

/** Adds all conditions but the cursor. */
export const addConditions = (
  query: Knex.QueryBuilder,
  filter: DatabaseFilter,
): void => {
  const { environment, owners, status, text, component, visible } = filter;
  if (environment !== undefined) query.where('environment', environment);
  if (component !== undefined) query.where('component', component);
  if (owners) query.whereIn('owner_ref', owners.map(fold));
  if (status !== undefined)
    query.where(isProblem(status) ? 'problem' : 'step', status);
  if (text !== undefined && text !== '')
    query.whereRaw(`search LIKE ? ESCAPE '!'`, [
      `%${fold(text).replace(/[!%_]/g, '!$&')}%`,
    ]);
  if (visible) query.where(part => addVisible(part, visible));
};

const addVisible = (query: Knex.QueryBuilder, visible: VisibleOwners): void => {
  if ('ownerRefs' in visible) {
    query.whereIn('owner_ref', visible.ownerRefs.map(fold));
  } else if ('not' in visible) {
    query.whereNot(part => addVisible(part, visible.not));
  } else if ('allOf' in visible) {
    for (const one of visible.allOf)
      query.andWhere(part => addVisible(part, one));
  } else {
    // An empty list allows nothing, where SQL without a condition would allow all.
    if (visible.anyOf.length === 0) query.whereRaw('1 = 0');
    for (const one of visible.anyOf)
      query.orWhere(part => addVisible(part, one));
  }
};

/** As Backstage compares entity references. */
export const fold = (text: string): string => text.toLocaleLowerCase('en');

const isProblem = (status: string): boolean =>
  STATUS_PROBLEMS.some(problem => problem === status);
