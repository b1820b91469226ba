import { CSSProperties, useMemo, useState } from 'react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Button,
  Flex,
  Tab,
  TabList,
  TabPanel,
  Tabs,
  Text,
} from '@backstage/ui';
import type { DatabaseStatus } from '@goldenpath/plugin-golden-path-common';
import { RiFileCopyLine } from '@remixicon/react';
import { goldenPathTranslationRef } from '../translation';
import { CONNECT_WAYS, connectSnippets, type ConnectWay } from './snippets';

const CODE: CSSProperties = {
  margin: 0,
  padding: 'var(--bui-space-3)',
  // No scroll bar, which a keyboard couldn't reach.
  whiteSpace: 'pre-wrap',
  overflowWrap: 'anywhere',
  borderRadius: 'var(--bui-radius-2)',
  background: 'var(--bui-bg-neutral-2)',
  color: 'var(--bui-fg-primary)',
  fontFamily: 'var(--bui-font-monospace)',
  fontSize: 'var(--bui-font-size-2)',
};

/** A tab that isn't selected has too little contrast on a card in dark mode. The line below shows which one is. */
const TAB: CSSProperties = { color: 'var(--bui-fg-primary)' };

/** "How do I connect": code for each way, to copy. */
export const Connect = ({ database }: { database: DatabaseStatus }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const [way, setWay] = useState<ConnectWay>(CONNECT_WAYS[0]);
  const snippets = useMemo(() => connectSnippets(database), [database]);
  const hasCredentials = database.steps.some(
    ({ name, state }) => name === 'credentials' && state === 'done',
  );
  return (
    <Flex direction="column" gap="2" align="stretch">
      <Text as="h4" variant="body-medium" weight="bold">
        {t('card.connect.title')}
      </Text>
      {!hasCredentials && (
        <Text as="p" variant="body-small">
          {t('card.connect.early')}
        </Text>
      )}
      <Tabs
        selectedKey={way}
        onSelectionChange={key => setWay(asWay(key) ?? way)}
      >
        <TabList aria-label={t('card.connect.title')}>
          {CONNECT_WAYS.map(id => (
            <Tab key={id} id={id} style={TAB}>
              {t(`card.connect.${id}`)}
            </Tab>
          ))}
        </TabList>
        {CONNECT_WAYS.map(id => (
          <TabPanel key={id} id={id}>
            <Snippet code={snippets[id]} title={t(`card.connect.${id}`)} />
          </TabPanel>
        ))}
      </Tabs>
    </Flex>
  );
};

const asWay = (key: unknown) => CONNECT_WAYS.find(way => way === key);

const Snippet = ({ code, title }: { code: string; title: string }) => {
  const { t } = useTranslationRef(goldenPathTranslationRef);
  const [outcome, setOutcome] = useState<'copied' | 'notCopied'>();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(code);
      setOutcome('copied');
    } catch {
      setOutcome('notCopied');
    }
  };
  return (
    <Flex direction="column" gap="2" align="stretch" pt="2">
      <pre
        role="region"
        aria-label={t('card.connect.code', { title })}
        style={CODE}
      >
        <code>{code}</code>
      </pre>
      <Flex gap="2" align="center">
        <Button
          size="small"
          variant="secondary"
          iconStart={<RiFileCopyLine aria-hidden />}
          onPress={copy}
        >
          {t('card.connect.copy')}
        </Button>
        <Text as="span" variant="body-small" role="status">
          {outcome ? t(`card.connect.${outcome}`) : ''}
        </Text>
      </Flex>
    </Flex>
  );
};
