import type { InfraSettings } from '@goldenpath/plugin-golden-path-common';
import {
  Catalog,
  InfraFiles,
  InfraRepo,
  loadAudits,
  loadCatalog,
} from '@goldenpath/plugin-golden-path-node';
import { findLastRuns, LastRun } from '../decide/lastRuns';

/** What the infra repo declares, and which run last worked on each database. */
export interface InfraState {
  catalog: Catalog;
  catalogPath: string;
  runs: ReadonlyMap<string, ReadonlyMap<string, LastRun>>;
}

/** @throws InputError `path: reason` when the catalog is missing or invalid */
export const readState = async (
  files: InfraFiles,
  settings: InfraSettings,
  infraRepo: InfraRepo,
): Promise<InfraState> => {
  const catalogPath = infraRepo.catalogPath ?? settings.catalog;
  const catalog = await loadCatalog(files, catalogPath, infraRepo);
  const audits = await loadAudits(
    files,
    Object.keys(catalog).filter(
      environment => Object.keys(catalog[environment]).length > 0,
    ),
  );
  const runs = new Map(
    [...audits].map(
      ([environment, rows]) => [environment, findLastRuns(rows)] as const,
    ),
  );
  return { catalog, catalogPath, runs };
};
