import {
  PLATFORM_TEAM_SIZES,
  RequestOptions,
  Size,
  SIZES,
} from '@goldenpath/plugin-golden-path-common';
import type { CatalogDatabase } from '../../infraRepo/decide/readCatalog';
import { agreementFindings } from './agreementFindings';
import { catalogValues, changeFindings } from './changeFindings';
import { contractFindings, nameFindings } from './contractFindings';
import {
  DeclaredDatabases,
  differencesBetween,
  Finding,
  idOf,
} from './declaredDatabases';

/** @public */
export interface GuardVerdict {
  /** Why the change is refused; none where it is fine. */
  findings: Finding[];
  /** The sizes of the databases that are new or changed, from small to large. */
  sizes: Size[];
  needsPlatformTeam: boolean;
}

/**
 * Whether a change of an infra repo may be merged: both files can be read and agree in all environments, and nothing
 * that is there already is changed or taken out unless a label allows it.
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
    /** What may be requested here. */
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
      ...agreementFindings(head, secretPrefix),
      ...nameFindings(base, head),
      ...contractFindings(base, head.catalogPath, touched, allowed),
      ...changeFindings(base, head, labels),
    ],
    sizes,
    needsPlatformTeam: sizes.some(size => PLATFORM_TEAM_SIZES.includes(size)),
  };
};

/** New in the catalog, or changed there. */
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
