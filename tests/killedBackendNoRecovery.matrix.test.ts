import { describeKills } from './support/replica/describeKills';

describeKills('without task recovery', { replicas: 1, recovery: false });
