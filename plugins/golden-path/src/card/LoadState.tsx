import type { ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Alert, Button, Flex, Skeleton, VisuallyHidden } from '@backstage/ui';
import type { Polled } from '../status/usePolled';
import { describeError } from '../status/describeError';
import { isRefusal } from '../status/isRefusal';
import { goldenPathTranslationRef } from '../translation';

/** What is shown while there is nothing to show, and above the last value if it can't be updated. */
export const LoadState = <T,>({
  polled,
  loading,
  children,
}: {
  polled: Polled<T | null>;
  /** For a screen reader. */
  loading: string;
  children: (value: T) => ReactNode;
}) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const { value, error, isLoading, retry } = polled;
  if (isLoading)
    return (
      <Flex direction="column" gap="2" align="stretch" role="status">
        <VisuallyHidden>{loading}</VisuallyHidden>
        <Skeleton height={24} />
        <Skeleton height={24} />
        <Skeleton height={24} />
      </Flex>
    );
  // The backend says the same of what there isn't and of what may not be seen. So does this.
  if (value === null || (error && isRefusal(error)))
    return (
      <Alert
        role="status"
        status="info"
        icon
        title={t('card.hiddenTitle')}
        description={t('card.hidden')}
      />
    );
  return (
    <Flex direction="column" gap="3" align="stretch">
      {error && (
        <Alert
          role="alert"
          status={value ? 'warning' : 'danger'}
          icon
          title={t(value ? 'card.staleTitle' : 'card.errorTitle')}
          description={describeError(error)}
          customActions={
            <Button size="small" variant="secondary" onPress={retry}>
              {t('card.retry')}
            </Button>
          }
        />
      )}
      {value && children(value)}
    </Flex>
  );
};
