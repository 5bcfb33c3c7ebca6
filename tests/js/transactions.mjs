// Sends transactions, and says what came of them.

import assert from 'node:assert/strict';
import { within } from './lib.mjs';

/** What an account can spend. */
export async function free(api, { address }) {
  return (await api.query.system.account(address)).data.free.toBigInt();
}

/** The name of a dispatch error. */
export function explain(registry, error) {
  if (!error.isModule) return error.toString();
  const { section, name } = registry.findMetaError(error.asModule);
  return `${section}.${name}`;
}

/** Sends a transaction and follows it to finality. */
export function send(transaction, signer) {
  const result = new Promise((resolve, reject) => {
    transaction.signAndSend(signer, (result) => {
      if (result.isFinalized) resolve(result);
      else if (result.isError) reject(new Error(`the transaction is ${result.status.type}`));
    }).catch(reject);
  });
  return within(60, 'finality', result).then(({ dispatchError, events }) => {
    const find = (section, name) =>
      events.find(({ event }) => event.section === section && event.method === name)?.event.data;
    const fee = find('transactionPayment', 'TransactionFeePaid')?.actualFee.toBigInt() ?? 0n;
    const failure = dispatchError && explain(transaction.registry, dispatchError);
    return { find, fee, failure };
  });
}

/** Sends a transaction that has to succeed. */
export async function succeed(transaction, signer) {
  const result = await send(transaction, signer);
  assert.equal(result.failure, undefined, `the transaction failed: ${result.failure}`);
  return result;
}
