import { useCallback, type ReactNode } from 'react';
import {
  useApi,
  useRouteRef,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Card, CardBody, CardHeader, Flex, Link, Text } from '@backstage/ui';
import { goldenPathApiRef } from '../api/GoldenPathApi';
import { printListState, EMPTY_LIST_STATE } from '../page/listState';
import { useDatabaseHref } from '../page/useDatabaseHref';
import { databasesRouteRef } from '../routes';
import { usePolled } from '../status/usePolled';
import { goldenPathTranslationRef } from '../translation';
import { OneDatabase } from './OneDatabase';
import { LoadState } from './LoadState';

/** An app has one database an environment, seldom more; the rest is behind a link. */
const SHOWN = 4;
/** Each database updates itself. */
const never = () => false;

/** On the page of an app: its databases. */
export const AppDatabasesCard = () => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const component = useEntity().entity.metadata.name;
  const api = useApi(goldenPathApiRef);
  const databasesRoute = useRouteRef(databasesRouteRef);
  const hrefOf = useDatabaseHref();
  const load = useCallback(
    (signal: AbortSignal) =>
      api.listDatabases({ component, limit: SHOWN }, { signal }),
    [api, component],
  );
  const polled = usePolled(load, never);
  return (
    <Card>
      <CardHeader>
        <Text as="h3" variant="title-x-small" weight="bold">
          {t('card.appTitle')}
        </Text>
      </CardHeader>
      <CardBody>
        <LoadState polled={polled} loading={t('card.appLoading')}>
          {({ items, total }) => (
            <Flex direction="column" gap="4" align="stretch">
              {items.length === 0 && <Text as="p">{t('card.none')}</Text>}
              {items.map(database => (
                <section
                  key={database.requestId}
                  aria-label={database.requestId}
                >
                  <Text as="h4" variant="body-large" weight="bold">
                    <MaybeLink href={hrefOf(database)}>
                      {t('card.inEnvironment', {
                        database: database.databaseName,
                        environment: database.environment,
                      })}
                    </MaybeLink>
                  </Text>
                  <OneDatabase
                    environment={database.environment}
                    databaseName={database.databaseName}
                  />
                </section>
              ))}
              {total > items.length && databasesRoute && (
                <Link
                  href={`${databasesRoute()}?${printListState({
                    ...EMPTY_LIST_STATE,
                    text: component,
                  })}`}
                >
                  {t('card.moreDatabases', { count: total - items.length })}
                </Link>
              )}
            </Flex>
          )}
        </LoadState>
      </CardBody>
    </Card>
  );
};

/** Text alone while nothing shows the database's page. */
const MaybeLink = ({
  href,
  children,
}: {
  href: string | undefined;
  children: ReactNode;
}) => (href ? <Link href={href}>{children}</Link> : <>{children}</>);
