import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { Card, CardBody, CardHeader, Text } from '@backstage/ui';
import { goldenPathTranslationRef } from '../translation';
import { databaseKeyOf } from './entities';
import { OneDatabase } from './OneDatabase';

/** On the page of a database's entity. */
export const DatabaseCard = () => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const key = databaseKeyOf(useEntity().entity);
  return (
    <Card>
      <CardHeader>
        <Text as="h3" variant="title-x-small" weight="bold">
          {t('card.databaseTitle')}
        </Text>
      </CardHeader>
      <CardBody>{key && <OneDatabase {...key} />}</CardBody>
    </Card>
  );
};
