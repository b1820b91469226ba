export * from './actions';
export * from './github';
