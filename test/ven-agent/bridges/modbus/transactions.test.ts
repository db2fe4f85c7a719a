import { describe, expect, it } from 'vitest';
import { Transactions } from '../../../../ven-agent/bridges/modbus/transactions.ts';

describe('transaction ids', () => {
  it('go round through all 65536 values', () => {
    const transactions = new Transactions();
    const ids = new Set(Array.from({ length: 65_536 }, () => transactions.take()));
    expect(ids.size).toBe(65_536);
    expect(transactions.take()).toBe(1);
  });

  it('are not used again while their late answer may still come', () => {
    const transactions = new Transactions();
    expect(transactions.take()).toBe(1);
    transactions.expire(1, 7);
    for (let taken = 0; taken < 65_535; taken += 1) transactions.take();
    expect(transactions.take()).toBe(2);
    expect(transactions.claimLate(1)).toBe(7);
    expect(transactions.claimLate(1)).toBeUndefined();
  });

  it('are remembered for the newest 256 timeouts only', () => {
    const transactions = new Transactions();
    for (let id = 0; id < 300; id += 1) transactions.expire(id, 1);
    expect(transactions.claimLate(43)).toBeUndefined();
    expect(transactions.claimLate(44)).toBe(1);
  });

  it('are forgotten with their connection', () => {
    const transactions = new Transactions();
    transactions.expire(5, 1);
    transactions.clear();
    expect(transactions.claimLate(5)).toBeUndefined();
  });
});
