// Sends transactions, and says what came of them.

import assert from 'node:assert/strict';
import { u8aConcat, u8aToHex } from '@polkadot/util';
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

/** Asks a view function, which this version of the library cannot do by name. */
export async function view(api, pallet, name, ...args) {
  const named = (wanted) => (it) => it.name.toString() === wanted;
  const { viewFunctions } = api.registry.metadata.pallets.find(named(pallet));
  const { id, inputs, output } = viewFunctions.find(named(name));
  const create = (type, value) =>
    api.registry.createType(api.registry.createLookupType(type), value);
  const input = u8aConcat(...args.map((arg, index) => create(inputs[index].type, arg).toU8a()));
  const result = await api.call.runtimeViewFunction.executeViewFunction(
    id.toHex(),
    u8aToHex(input),
  );
  assert(result.isOk, result.toString());
  return create(output, result.asOk.toU8a(true));
}
