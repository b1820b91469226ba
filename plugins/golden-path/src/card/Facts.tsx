import type { CSSProperties, ReactNode } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';
import { EntityLink } from '../status/EntityLink';
import { isInUse } from '../status/isInUse';
import { LongName } from '../status/LongName';
import { Time } from '../status/Time';
import { goldenPathTranslationRef } from '../translation';

const LIST: CSSProperties = {
  display: 'grid',
  gridTemplateColumns: 'repeat(auto-fit, minmax(min(220px, 100%), 1fr))',
  gap: 'var(--bui-space-3)',
  margin: 0,
};
const TERM: CSSProperties = {
  fontSize: 'var(--bui-font-size-2)',
  fontWeight: 'var(--bui-font-weight-bold)',
};
const VALUE: CSSProperties = { margin: 0, overflowWrap: 'anywhere' };

/** What is known of the connection and its owner. Names only, never a secret's value. */
export const Facts = ({ database }: { database: DatabaseStatus }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const { connection, problem, undeclared } = database;
  const status = () => {
    if (undeclared) return t('status.undeclared');
    return problem
      ? t(`status.problem.${problem.kind}`)
      : t(`status.step.${database.step}`);
  };
  const drift = () => {
    if (undeclared) return t('card.facts.driftUndeclared');
    if (problem?.kind === 'drifted') return problem.evidence;
    return t(
      isInUse(database) ? 'card.facts.noDrift' : 'card.facts.driftUnknown',
    );
  };
  return (
    <dl style={LIST}>
      <Fact term={t('card.facts.status')}>{status()}</Fact>
      <Fact term={t('card.facts.owner')}>
        <EntityLink entityRef={database.ownerRef} />
      </Fact>
      <Fact term={t('card.facts.component')}>
        <EntityLink entityRef={`component:default/${database.component}`} />
      </Fact>
      <Fact term={t('card.facts.environment')}>{database.environment}</Fact>
      {database.requestedBy && (
        <Fact term={t('card.facts.requestedBy')}>{database.requestedBy}</Fact>
      )}
      <Fact term={t('card.facts.host')}>
        {connection.host ?? t('card.facts.hostUnknown')}
      </Fact>
      {connection.port !== undefined && (
        <Fact term={t('card.facts.port')}>{connection.port}</Fact>
      )}
      <Fact term={t('card.facts.database')}>
        <LongName name={database.databaseName} />
      </Fact>
      <Fact term={t('card.facts.username')}>
        <LongName name={database.username} />
      </Fact>
      <Fact term={t('card.facts.secretName')}>
        <LongName name={connection.secretName} />
      </Fact>
      <Fact term={t('card.facts.kubernetesSecretName')}>
        {connection.kubernetesSecretName}
      </Fact>
      <Fact term={t('card.facts.rotatedAt')}>
        {database.rotatedAt ? (
          <Time at={database.rotatedAt} />
        ) : (
          t('card.facts.neverRotated')
        )}
      </Fact>
      <Fact term={t('card.facts.drift')}>{drift()}</Fact>
    </dl>
  );
};

const Fact = ({ term, children }: { term: string; children: ReactNode }) => (
  <div>
    <dt style={TERM}>{term}</dt>
    <dd style={VALUE}>{children}</dd>
  </div>
);
