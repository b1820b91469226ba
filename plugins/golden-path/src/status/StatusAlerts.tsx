import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Flex, Link } from '@backstage/ui';
import type { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';
import { goldenPathTranslationRef } from '../translation';
import { isInUse } from './isInUse';
import { Time } from './Time';

/** Whether it is ready, what is wrong, and who has to act: above the steps. */
export const StatusAlerts = ({ database }: { database: DatabaseStatus }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const { problem, next, undeclared } = database;
  return (
    <Flex direction="column" gap="2" align="stretch">
      {undeclared && (
        <Alert
          role="status"
          status="warning"
          icon
          title={t('status.undeclared')}
        />
      )}
      {isInUse(database) && !problem && (
        <Alert role="status" status="success" icon title={t('status.ready')} />
      )}
      {problem && (
        <Alert
          role="alert"
          status={problem.kind === 'failed' ? 'danger' : 'warning'}
          icon
          title={t(`status.problem.${problem.kind}`)}
          description={
            <>
              {problem.evidence}
              {problem.at && (
                <>
                  {' ('}
                  <Time at={problem.at} />)
                </>
              )}
              {problem.url && (
                <>
                  {' '}
                  <Link href={problem.url} variant="body-small">
                    {t('status.problemLink')}
                  </Link>
                </>
              )}
            </>
          }
        />
      )}
      {next && (
        <Alert
          role="status"
          status="info"
          icon
          title={t('status.nextTitle', { who: next.who })}
          description={
            <>
              {next.reason}
              {next.since && (
                <>
                  {' ('}
                  <Time at={next.since} />)
                </>
              )}
            </>
          }
        />
      )}
    </Flex>
  );
};
