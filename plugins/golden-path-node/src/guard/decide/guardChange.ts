import {
  PLATFORM_TEAM_SIZES,
  RequestOptions,
  Size,
  SIZES,
} from '@goldenpath/plugin-golden-path-common';
import type { CatalogDatabase } from '../../infraRepo/decide/readCatalog';
import { findDisagreements } from './findDisagreements';
import { catalogValues, findForbiddenChanges } from './findForbiddenChanges';
import { findUnapprovedRights } from './findUnapprovedRights';
import {
  findContractViolations,
  findNameViolations,
} from './findContractViolations';
import {
  DeclaredDatabases,
  differencesBetween,
  Finding,
  idOf,
} from './declaredDatabases';

/** @public */
export interface GuardVerdict {
  /** Reasons to refuse the change; empty if it may be merged. */
  findings: Finding[];
  /** Sizes of the new and changed databases, from small to large. */
  sizes: Size[];
  needsPlatformTeam: boolean;
}

/**
 * Checks whether a change of an infra repo may be merged: both files are readable and agree in all environments, and no
 * existing database is changed or removed unless a label allows it.
 *
 * @public
 */
export const guardChange = (
  base: DeclaredDatabases,
  head: DeclaredDatabases,
  {
    labels,
    secretPrefix,
    allowed = {},
  }: {
    labels: readonly string[];
    secretPrefix?: string;
    /** Values that requests may use in this infra repo. */
    allowed?: Pick<RequestOptions, 'environments' | 'domains'>;
  },
): GuardVerdict => {
  if (head.problems.length > 0)
    return { findings: head.problems, sizes: [], needsPlatformTeam: false };

  const touched = touchedDatabases(base, head);
  const sizes = SIZES.filter(size =>
    touched.some(({ entry }) => entry.configuration.size_tier === size),
  );
  return {
    findings: [
      ...findDisagreements(head, secretPrefix),
      ...findNameViolations(base, head),
      ...findContractViolations(base, head.catalogPath, touched, allowed),
      ...findForbiddenChanges(base, head, labels),
      ...findUnapprovedRights(base, head, labels),
    ],
    sizes,
    needsPlatformTeam: sizes.some(size => PLATFORM_TEAM_SIZES.includes(size)),
  };
};

/** The databases that are new or changed in the catalog. */
const touchedDatabases = (
  base: DeclaredDatabases,
  head: DeclaredDatabases,
): CatalogDatabase[] => {
  const before = new Map(base.catalog.map(found => [idOf(found), found]));
  return head.catalog.filter(database => {
    const was = before.get(idOf(database));
    return (
      !was ||
      differencesBetween(
        catalogValues(was.entry),
        catalogValues(database.entry),
      ).length > 0
    );
  });
};
