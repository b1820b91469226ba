import {
  auditPath,
  AuditRow,
  CatalogEntry,
  InfraSettings,
  requestId,
} from '@goldenpath/plugin-golden-path-common';
import {
  Catalog,
  InfraFiles,
  InfraRepo,
  loadAudits,
  loadCatalog,
  loadSettings,
  runUrl,
} from '@goldenpath/plugin-golden-path-node';
import type { AuditSeen } from '../decide/evidence';
import { summarizeAudit } from '../decide/summarizeAudit';

/** What the base branch of the infra repo says of every database, by request id. */
export interface InfraSeen {
  settings: InfraSettings;
  catalogPath: string;
  declared: ReadonlyMap<string, CatalogEntry>;
  audits: ReadonlyMap<string, AuditSeen>;
}

/**
 * Reads the catalog and the audits of all environments. What has not changed is not parsed again, and the same object is
 * returned.
 */
export const createReadInfra = (files: InfraFiles, infraRepo: InfraRepo) => {
  let last: { texts: string; seen: InfraSeen } | undefined;
  return async (): Promise<InfraSeen> => {
    const texts = new Map<string, string | undefined>();
    const remembered: InfraFiles = {
      read: async path => {
        if (!texts.has(path)) texts.set(path, await files.read(path));
        return texts.get(path);
      },
    };
    const settings = await loadSettings(remembered);
    const catalogPath = infraRepo.catalogPath ?? settings.catalog;
    await remembered.read(catalogPath);
    for (const path of settings.environments.map(auditPath))
      await remembered.read(path);
    const now = JSON.stringify([...texts]);
    if (last?.texts === now) return last.seen;
    const catalog = await loadCatalog(remembered, catalogPath, infraRepo);
    const audits = await loadAudits(remembered, [
      ...new Set([...settings.environments, ...Object.keys(catalog)]),
    ]);
    const seen = {
      settings,
      catalogPath,
      declared: listDeclared(catalog),
      audits: listAudits(audits, infraRepo),
    };
    last = { texts: now, seen };
    return seen;
  };
};

const listDeclared = (catalog: Catalog): InfraSeen['declared'] =>
  new Map(
    Object.entries(catalog).flatMap(([environment, entries]) =>
      Object.entries(entries).map(
        ([databaseName, entry]) =>
          [requestId({ environment, databaseName }), pick(entry)] as const,
      ),
    ),
  );

/** Nothing but what is shown: an entry may have more, and anybody's. */
const pick = ({ metadata, configuration }: CatalogEntry): CatalogEntry => ({
  metadata: {
    id: metadata.id,
    component: metadata.component,
    owner: metadata.owner,
    requested_by: metadata.requested_by,
    domain: metadata.domain,
    risk: metadata.risk,
    status: metadata.status,
    created_date: metadata.created_date,
  },
  configuration: {
    username: configuration.username,
    size_tier: configuration.size_tier,
    instance_class: configuration.instance_class,
    secret_path: configuration.secret_path,
  },
});

const listAudits = (
  audits: ReadonlyMap<string, readonly AuditRow[]>,
  infraRepo: InfraRepo,
): InfraSeen['audits'] =>
  new Map(
    [...audits].flatMap(([environment, rows]) =>
      [
        ...summarizeAudit(rows, row =>
          runUrl(infraRepo, { id: row.run_id, url: row.run_url }),
        ),
      ].map(
        ([databaseName, seen]) =>
          [requestId({ environment, databaseName }), seen] as const,
      ),
    ),
  );
