import { addCatalogEntry } from '../decide/addCatalogEntry';
import { entryOf } from './catalogText';

export const PATH = 'docs/20-contracts/resource-catalogs/rds-catalog.yaml';
export const KEY = { environment: 'dev', databaseName: 'orders_db' };
export const ENTRY = entryOf('orders_db', 'orders_user');
export const lines = (...all: string[]) => `${all.join('\n')}\n`;
export const add = (text: string) => addCatalogEntry(text, PATH, KEY, ENTRY);
export const errorOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    const { name, message } = error as Error;
    return { name, message };
  }
  return undefined;
};
