import { InputError } from '@backstage/errors';
import {
  auditPath,
  InfraSettings,
} from '@goldenpath/plugin-golden-path-common';
import {
  Catalog,
  parseAudit,
  readCatalog,
} from '@goldenpath/plugin-golden-path-node';
import { findLastRuns, LastRun } from '../decide/lastRuns';
import type { InfraRepo } from '../decide/links';
import type { InfraFiles } from './infraFiles';

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
  const text = await files.read(catalogPath);
  if (text === undefined) {
    throw new InputError(
      `${catalogPath}: not found on branch ${infraRepo.branch}. If it is there, the token of integrations.github can't read ${infraRepo.owner}/${infraRepo.repo}.`,
    );
  }
  const catalog = readCatalog(text, catalogPath);
  const environments = Object.keys(catalog).filter(
    environment => Object.keys(catalog[environment]).length > 0,
  );
  const runs = await Promise.all(
    environments.map(
      async environment =>
        [
          environment,
          findLastRuns(
            parseAudit((await files.read(auditPath(environment))) ?? ''),
          ),
        ] as const,
    ),
  );
  return { catalog, catalogPath, runs: new Map(runs) };
};
