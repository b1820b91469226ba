import { describeKills } from './support/replica/describeKills';

describeKills('two replicas', { replicas: 2, recovery: true });
