import { InputError } from '@backstage/errors';
import type { InfraRepo } from '../decide/links';
import { Catalog, readCatalog } from '../decide/readCatalog';
import type { InfraFiles } from '../ports';

/**
 * Reads the catalog of the infra repo.
 *
 * @throws InputError `path: reason` when it is missing or invalid
 *
 * @public
 */
export const loadCatalog = async (
  files: InfraFiles,
  catalogPath: string,
  { branch, owner, repo }: Pick<InfraRepo, 'branch' | 'owner' | 'repo'>,
): Promise<Catalog> => {
  const text = await files.read(catalogPath);
  if (text === undefined) {
    throw new InputError(
      `${catalogPath}: not found on branch ${branch}. If it is there, the token of integrations.github can't read ${owner}/${repo}.`,
    );
  }
  return readCatalog(text, catalogPath);
};
