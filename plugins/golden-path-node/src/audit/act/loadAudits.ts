import { auditPath, AuditRow } from '@goldenpath/plugin-golden-path-common';
import type { InfraFiles } from '../../infraRepo/ports';
import { parseAudit } from '../decide/auditCsv';

/**
 * Reads the audits of environments; no rows where there is none.
 *
 * @public
 */
export const loadAudits = async (
  files: InfraFiles,
  environments: readonly string[],
): Promise<ReadonlyMap<string, AuditRow[]>> =>
  new Map(
    await Promise.all(
      environments.map(
        async environment =>
          [
            environment,
            parseAudit((await files.read(auditPath(environment))) ?? ''),
          ] as const,
      ),
    ),
  );
