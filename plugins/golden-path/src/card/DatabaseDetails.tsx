import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Flex, Link, Text } from '@backstage/ui';
import {
  type DatabaseStatus,
  DECOMMISSION_TEMPLATE,
  formPath,
  promotionFormData,
} from '@goldenpath/plugin-golden-path-common';
import { isInUse } from '../status/isInUse';
import { StatusAlerts } from '../status/StatusAlerts';
import { Stepper } from '../status/Stepper';
import { Time } from '../status/Time';
import { goldenPathTranslationRef } from '../translation';
import { Connect } from './Connect';
import { Facts } from './Facts';

/** Everything that is known of one database. */
export const DatabaseDetails = ({ database }: { database: DatabaseStatus }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  return (
    <Flex direction="column" gap="4" align="stretch">
      <StatusAlerts database={database} />
      <Stepper database={database} />
      <Facts database={database} />
      <Flex direction="column" gap="1" align="start">
        <Text as="h4" variant="body-medium" weight="bold">
          {t('card.linksTitle')}
        </Text>
        {database.links.map(({ title, url }) => (
          <Link key={url} href={url}>
            {title}
          </Link>
        ))}
        <Forms database={database} />
      </Flex>
      {!database.undeclared && <Connect database={database} />}
      <Text as="p" variant="body-small">
        <SeenAt at={database.seenAt} />
      </Text>
    </Flex>
  );
};

/** Links to the forms of what can be done next, filled in. */
const Forms = ({ database }: { database: DatabaseStatus }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const { nextEnvironment: environment } = database;
  return (
    <>
      {environment && (
        <Link href={formPath(promotionFormData(database, environment))}>
          {t('card.promote', { environment })}
        </Link>
      )}
      {isInUse(database) && (
        <Link
          href={formPath(
            { database: database.entityRef },
            DECOMMISSION_TEMPLATE,
          )}
        >
          {t('card.decommission')}
        </Link>
      )}
    </>
  );
};

const SeenAt = ({ at }: { at: string }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  return t('status.seenAt', { time: <Time at={at} /> });
};
