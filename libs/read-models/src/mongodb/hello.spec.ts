import { transactionsOf } from './hello';

describe('a MongoDB server', () => {
  it('has transactions as a member of a replica set, and as the router of a sharded cluster', () => {
    expect(transactionsOf({ setName: 'tocsin' })).toBe('has');
    expect(transactionsOf({ msg: 'isdbgrid' })).toBe('has');
  });

  it('has none yet while it starts as a member of a replica set, or has not answered', () => {
    expect(transactionsOf({ isreplicaset: true })).toBe('not yet');
    expect(transactionsOf(undefined)).toBe('not yet');
  });

  it('never has any when it was started alone', () => {
    expect(transactionsOf({})).toBe('never');
  });
});
