import {
  CatalogEntry,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { openCatalog } from './catalogFile';
import { createLineCounter } from './text';
import { keyOf, findPair, listPairs, startOf } from './yamlMap';

/**
 * The catalog as data: environment, then database name.
 *
 * @public
 */
export type Catalog = Record<string, Record<string, CatalogEntry>>;

/**
 * One database of the catalog, with its first line, from 1.
 *
 * @public
 */
export interface CatalogDatabase extends RequestKey {
  line: number;
  entry: CatalogEntry;
}

/**
 * Lists every database of the catalog, in file order.
 * @throws InputError `path:line:column: reason` when the file is invalid, has the older flat shape, or an entry
 * is incomplete
 */
export const listCatalog = (text: string, path: string): CatalogDatabase[] => {
  const file = openCatalog(text, path);
  const lineOf = createLineCounter(text);
  return file.environments().flatMap(({ name, map }) =>
    listPairs(map).map(pair => ({
      environment: name,
      databaseName: keyOf(pair),
      line: lineOf(startOf(pair)),
      entry: file.entryOf(name, pair) as unknown as CatalogEntry,
    })),
  );
};

/**
 * Reads the whole catalog.
 * @throws InputError `path:line:column: reason` when the file is invalid, has the older flat shape, or an entry
 * is incomplete
 *
 * @public
 */
export const readCatalog = (text: string, path: string): Catalog => {
  const file = openCatalog(text, path);
  return Object.fromEntries(
    file
      .environments()
      .map(({ name, map }) => [
        name,
        Object.fromEntries(
          listPairs(map).map(pair => [
            keyOf(pair),
            file.entryOf(name, pair) as unknown as CatalogEntry,
          ]),
        ),
      ]),
  );
};

/**
 * Finds one entry; undefined when the catalog doesn't have it. Doesn't validate other entries.
 * @throws InputError `path:line:column: reason`
 *
 * @public
 */
export const findCatalogEntry = (
  text: string,
  path: string,
  key: RequestKey,
): CatalogEntry | undefined => {
  const file = openCatalog(text, path);
  const pair = findPair(file.environment(key.environment), key.databaseName);
  return (
    pair && (file.entryOf(key.environment, pair) as unknown as CatalogEntry)
  );
};
