/**
 * Tests of provider packages, written as data: a script, what happens meanwhile, what is to be recorded. On the running
 * kernel (as root), or on a recorded host for what a provider lists and what compiles there.
 */
export { type Expected, type ExpectedRecord, mismatch } from './expected.js';
export { type ListingCase, type LiveCase, runListing, runLive } from './run.js';

import type { ProviderPackage } from '@dtrace/core';
import { type ListingCase, type LiveCase, runListing, runLive } from './run.js';

export interface ProviderTests {
  readonly live?: readonly LiveCase[];
  readonly listings?: readonly ListingCase[];
}

/** `it` of a test runner: `node:test`, Vitest, Mocha, Jest. */
export type Register = (name: string, test: () => Promise<void>) => unknown;

/** Registers a test for each case. Live cases need root: without it they fail and say so. */
export function testProvider(provider: ProviderPackage, tests: ProviderTests, it: Register): void {
  for (const each of tests.listings ?? []) it(each.name, async () => runListing(provider, each));
  for (const each of tests.live ?? []) it(each.name, () => runLive(provider, each));
}
