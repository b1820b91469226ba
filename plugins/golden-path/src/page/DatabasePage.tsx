import {
  useRouteRef,
  useRouteRefParams,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { useEntityRefLink } from '@backstage/plugin-catalog-react';
import {
  Card,
  CardBody,
  CardHeader,
  Container,
  Flex,
  Link,
  Text,
} from '@backstage/ui';
import { DatabaseDetails } from '../card/DatabaseDetails';
import { LoadState } from '../card/LoadState';
import { useDatabase } from '../card/useDatabase';
import { databaseRouteRef, databasesRouteRef } from '../routes';
import { goldenPathTranslationRef } from '../translation';
import { isInCatalog } from './isInCatalog';

/** One database or the request for it: a finished task links here, before the catalog has an entity. */
export const DatabasePage = () => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const key = useRouteRefParams(databaseRouteRef);
  const databasesRoute = useRouteRef(databasesRouteRef);
  const entityLink = useEntityRefLink();
  const polled = useDatabase(key);
  const { value } = polled;
  return (
    <Container>
      <Flex direction="column" gap="4" align="stretch" py="4">
        <Flex gap="4" style={{ flexWrap: 'wrap' }}>
          {databasesRoute && (
            <Link href={databasesRoute()}>{t('page.toDatabases')}</Link>
          )}
          {value && isInCatalog(value) && (
            <Link href={entityLink(value.entityRef)}>
              {t('page.toCatalog')}
            </Link>
          )}
        </Flex>
        <Card>
          <CardHeader>
            <Text as="h2" variant="title-small" weight="bold">
              {key.databaseName} ({key.environment})
            </Text>
          </CardHeader>
          <CardBody>
            <LoadState polled={polled} loading={t('card.loading')}>
              {database => (
                <>
                  {!isInCatalog(database) && !database.undeclared && (
                    <Text as="p">{t('page.notInCatalog')}</Text>
                  )}
                  <DatabaseDetails database={database} />
                </>
              )}
            </LoadState>
          </CardBody>
        </Card>
      </Flex>
    </Container>
  );
};
