import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type { RequestPlan } from '@goldenpath/plugin-golden-path-common';
import {
  Alert,
  Box,
  Card,
  CardBody,
  CardHeader,
  Flex,
  Grid,
  Skeleton,
  Text,
} from '@backstage/ui';
import { goldenPathApiRef } from '../api/GoldenPathApi';
import { LongName } from '../status/LongName';
import { goldenPathTranslationRef } from '../translation';
import type { FormValues } from './fillNames';
import { listPlanRows, toPlannedRequest } from './planFields';
import { useDebouncedAnswer } from './useDebouncedAnswer';

const PlanRows = ({ plan }: { plan: RequestPlan }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  return (
    <Flex direction="column" gap="3">
      {plan.problems.length > 0 && (
        <Alert
          status="warning"
          icon
          title={t('fields.plan.problems')}
          description={plan.problems.map(({ field, message }) => (
            <div key={`${field} ${message}`}>{message}</div>
          ))}
        />
      )}
      {listPlanRows(plan).map(({ key, values }) => (
        <Grid.Root key={key} columns={{ initial: '1', sm: '3' }} gap="1">
          <Grid.Item colSpan="1">
            <Text variant="body-small" weight="bold">
              {t(`fields.plan.rows.${key}`)}
            </Text>
          </Grid.Item>
          <Grid.Item colSpan={{ initial: '1', sm: '2' }}>
            {values.map(value => (
              <Text
                key={value}
                as="div"
                variant="body-small"
                style={{ overflowWrap: 'anywhere' }}
              >
                <LongName name={value} />
              </Text>
            ))}
          </Grid.Item>
        </Grid.Root>
      ))}
    </Flex>
  );
};

/**
 * What a request would lead to, below the last page's fields: Backstage's review page takes no component of a plugin. The
 * form goes on whether or not the backend answers.
 */
export const RequestPlanView = ({ form }: { form: FormValues }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const api = useApi(goldenPathApiRef);
  const request = toPlannedRequest(form);
  const plan = useDebouncedAnswer(
    request && JSON.stringify(request),
    async signal => (request ? api.plan(request, { signal }) : undefined),
  );
  const show = () => {
    if (!request) return <Text>{t('fields.plan.incomplete')}</Text>;
    if (plan.phase === 'failed')
      return <Alert status="info" icon title={t('fields.plan.failed')} />;
    if (plan.phase === 'answered' && plan.answer)
      return <PlanRows plan={plan.answer} />;
    return (
      <Flex direction="column" gap="2">
        <Text variant="body-small">{t('fields.plan.loading')}</Text>
        <Skeleton height="1rem" width="60%" />
        <Skeleton height="1rem" width="40%" />
      </Flex>
    );
  };
  return (
    <Box mt="4">
      <Card>
        <CardHeader>
          <Text as="h3" variant="title-x-small">
            {t('fields.plan.title')}
          </Text>
        </CardHeader>
        <CardBody>
          <div role="status">{show()}</div>
        </CardBody>
      </Card>
    </Box>
  );
};
