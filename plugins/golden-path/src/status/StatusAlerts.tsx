import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Flex, Link } from '@backstage/ui';
import type { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';
import { goldenPathTranslationRef } from '../translation';
import { Time } from './Time';

/** What is wrong, and who has to act: above the steps. */
export const StatusAlerts = ({
  problem,
  next,
}: Pick<DatabaseStatus, 'problem' | 'next'>) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  return (
    <Flex direction="column" gap="2" align="stretch">
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
