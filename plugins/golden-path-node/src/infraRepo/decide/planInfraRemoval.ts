import {
  CatalogEntry,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import type { InfraRequestFiles } from './planInfraRequest';
import { findCatalogEntry } from './readCatalog';
import { TfvarsEntry } from './readTfvars';
import { removeCatalogEntry } from './removeCatalogEntry';
import { removeTfvarsEntry } from './removeTfvarsEntry';
import { runBothEdits } from './runBothEdits';
import { TextFile } from './text';

/**
 * The changed files of a removal, and what they declared.
 *
 * @public
 */
export interface InfraRemoval {
  /** None when neither file declares the database. */
  changes: TextFile[];
  /** The removed entry of the catalog; undefined when it has none. */
  catalogEntry?: CatalogEntry;
  /** The removed entry of terraform.tfvars; undefined when it has none. */
  tfvarsEntry?: TfvarsEntry;
}

/**
 * Plans the removal of a database from both files. Everything but the lines of its entries stays as it is. An entry that
 * only one of the files has is removed there.
 * @throws InputError `path:line:column: reason` for both files, when a file can't be read or edited safely; then neither
 * is changed
 *
 * @public
 */
export const planInfraRemoval = async (
  { catalog, tfvars }: InfraRequestFiles,
  key: RequestKey,
): Promise<InfraRemoval> => {
  const [inCatalog, inTfvars] = await runBothEdits([
    async () => ({
      entry: findCatalogEntry(catalog.text, catalog.path, key),
      text: removeCatalogEntry(catalog.text, catalog.path, key),
    }),
    () => removeTfvarsEntry(tfvars.text, tfvars.path, key),
  ]);
  return {
    changes: [
      ...(inCatalog.text === catalog.text
        ? []
        : [{ ...catalog, text: inCatalog.text }]),
      ...(inTfvars.text === tfvars.text
        ? []
        : [{ ...tfvars, text: inTfvars.text }]),
    ],
    ...(inCatalog.entry ? { catalogEntry: inCatalog.entry } : {}),
    ...(inTfvars.removed ? { tfvarsEntry: inTfvars.removed } : {}),
  };
};
