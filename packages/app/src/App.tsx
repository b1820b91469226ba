import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { allMessagesAtOnce } from './allMessagesAtOnce';

export default createApp({ features: [catalogPlugin, allMessagesAtOnce] });
