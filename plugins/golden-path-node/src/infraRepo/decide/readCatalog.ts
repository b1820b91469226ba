import {
  CatalogEntry,
  RequestKey,
} from '@goldenpath/plugin-golden-path-common';
import { openCatalog } from './catalogFile';
import { lineCounter } from './text';
import { keyOf, pairNamed, pairsOf, startOf } from './yamlMap';

/**
 * The catalog as data: environment, then database name.
 *
 * @public
 */
export type Catalog = Record<string, Record<string, CatalogEntry>>;

/**
 * One database of the catalog, with the line of the file on which it begins, from 1.
 *
 * @public
 */
export interface CatalogDatabase extends RequestKey {
  line: number;
  entry: CatalogEntry;
}

/**
 * Every database of the catalog, in the order of the file.
 * @throws InputError `path:line:column: reason` where the file is not valid, has the older flat shape, or an entry
 * lacks something
 */
export const listCatalog = (text: string, path: string): CatalogDatabase[] => {
  const file = openCatalog(text, path);
  const lineOf = lineCounter(text);
  return file.environments().flatMap(({ name, map }) =>
    pairsOf(map).map(pair => ({
      environment: name,
      databaseName: keyOf(pair),
      line: lineOf(startOf(pair)),
      entry: file.entryOf(name, pair) as unknown as CatalogEntry,
    })),
  );
};

/**
 * Everything that the catalog says.
 * @throws InputError `path:line:column: reason` where the file is not valid, has the older flat shape, or an entry
 * lacks something
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
          pairsOf(map).map(pair => [
            keyOf(pair),
            file.entryOf(name, pair) as unknown as CatalogEntry,
          ]),
        ),
      ]),
  );
};

/**
 * One entry; undefined where the catalog hasn't got it. What the other entries look like doesn't matter.
 * @throws InputError `path:line:column: reason`
 */
export const findCatalogEntry = (
  text: string,
  path: string,
  key: RequestKey,
): CatalogEntry | undefined => {
  const file = openCatalog(text, path);
  const pair = pairNamed(file.environment(key.environment), key.databaseName);
  return (
    pair && (file.entryOf(key.environment, pair) as unknown as CatalogEntry)
  );
};
