import {
  DatabaseStatus,
  DatabaseSummary,
} from '@goldenpath/plugin-golden-path-common';
import { ApiStandIn } from './servedApp';

const ENTITY_PATH = '/api/catalog/entities/by-name/resource/';

/** The catalog's entity of a database, as the catalog module writes it. */
const databaseEntity = ({
  environment,
  databaseName,
  ownerRef,
}: DatabaseSummary | DatabaseStatus) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: {
    uid: '1',
    namespace: 'default',
    name: `rds-${environment}-${databaseName}`,
    title: `${databaseName} (${environment})`,
    annotations: {
      'goldenpath.io/environment': environment,
      'goldenpath.io/database': databaseName,
    },
  },
  spec: { type: 'database', owner: ownerRef },
  relations: [],
});

/** The backend plugin and the catalog, with the databases that `read` returns at the time. */
export const databasesStandIn =
  (read: {
    list?(): DatabaseSummary[];
    one?(): DatabaseStatus | undefined;
    /** An HTTP status that refuses everything about databases. */
    refusal?(): number | undefined;
  }): ApiStandIn =>
  ({ pathname, searchParams }) => {
    const refused = read.refusal?.();
    const isOurs = pathname.startsWith('/api/golden-path/');
    if (isOurs && refused)
      return {
        status: refused,
        body: { error: { name: 'Error', message: 'The backend is starting.' } },
      };
    if (pathname === '/api/golden-path/databases') {
      const all = read.list?.() ?? [];
      const begin = Number(searchParams.get('cursor') ?? 0);
      const end = begin + Number(searchParams.get('limit') ?? 100);
      return {
        body: {
          items: all.slice(begin, end),
          total: all.length,
          ...(end < all.length && { nextCursor: String(end) }),
        },
      };
    }
    if (isOurs) {
      const one = read.one?.();
      return one
        ? { body: one }
        : {
            status: 404,
            body: { error: { name: 'NotFoundError', message: 'None.' } },
          };
    }
    const one = read.one?.();
    if (!pathname.startsWith(ENTITY_PATH) || !one) return undefined;
    const entity = databaseEntity(one);
    return {
      body: pathname.endsWith('/ancestry')
        ? {
            rootEntityRef: one.entityRef,
            items: [{ entity, parentEntityRefs: [] }],
          }
        : entity,
    };
  };
