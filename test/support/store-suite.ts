import { afterEach, beforeEach, describe } from 'vitest';
import type { Store } from '@openadr-gateway/vtn/store/store.ts';
import { collectionTests } from './store-suite-collections.ts';
import { targetTests } from './store-suite-targets.ts';
import { transactionTests } from './store-suite-transactions.ts';

/** A database under test. */
export interface StoreUnderTest {
  store: Store;
  /** Removes what the database left behind. The suite has stopped the store before. */
  remove(): Promise<void>;
}

/** What a test of the suite works with: a started store with nothing in it. */
export type Subject = () => Store;

/**
 * What every database has to do. A database joins with one line: `storeSuite('PostgreSQL', makeStore)`.
 * @param makeStore makes a new, empty store that is not started yet
 */
export function storeSuite(name: string, makeStore: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let current: StoreUnderTest;

    beforeEach(async () => {
      current = await makeStore();
      await current.store.start();
    });

    afterEach(async () => {
      await current.store.stop();
      await current.remove();
    });

    const subject: Subject = () => current.store;
    transactionTests(subject);
    collectionTests(subject);
    targetTests(subject);
  });
}
