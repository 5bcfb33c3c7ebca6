// What a wallet does with a running development node.

import assert from 'node:assert/strict';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { Metadata, TypeRegistry } from '@polkadot/types';
import { stringCamelCase } from '@polkadot/util';
import { createKeyMulti, mnemonicGenerate, sortAddresses } from '@polkadot/util-crypto';
import { TFT, run, step, within } from './lib.mjs';
import { explain, free, send, succeed, view } from './transactions.mjs';

const PALLETS = [
  'system', 'timestamp', 'utility', 'multisig', 'proxy', 'preimage', 'scheduler',
  'balances', 'transactionPayment',
  'aura', 'authorship', 'validators', 'session', 'historical', 'grandpa', 'offences',
  'equivocations',
  'council', 'governance', 'sudo',
  'twins', 'farms', 'nodes', 'approvals', 'deployments',
];

run('wallet.mjs WS_URL', async (url) => {
  const provider = new WsProvider(url);
  const api = await step('the wallet connects', () =>
    within(30, 'connecting', ApiPromise.create({ provider, noInitWarn: true })));
  const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 });
  const [alice, bob, charlie] = ['Alice', 'Bob', 'Charlie']
    .map((name) => keyring.addFromUri(`//${name}`));
  const stranger = () => keyring.addFromUri(mnemonicGenerate());
  const wallet = { provider, api, keyring, alice, bob, charlie, stranger };

  await describeChain(wallet);
  await readMetadata(wallet);
  await transfer(wallet);
  await batch(wallet);
  await shareAccount(wallet);
  await lendAccount(wallet);
  await beRefused(wallet);
});

async function describeChain({ api, alice, bob, charlie }) {
  await step('the token is TFT with 7 decimals, and addresses have prefix 42', async () => {
    const properties = await api.rpc.system.properties();
    assert.deepEqual(properties.tokenSymbol.unwrap().map(String), ['TFT']);
    assert.deepEqual(properties.tokenDecimals.unwrap().map(Number), [7]);
    assert.equal(properties.ss58Format.unwrap().toNumber(), 42);
  });

  await step('all pallets are there', () => {
    const found = api.runtimeMetadata.asLatest.pallets.map(({ name }) => stringCamelCase(name));
    assert.deepEqual(PALLETS.filter((name) => !found.includes(name)), [], 'missing pallets');
  });

  await step('blocks come every 2 s', async () => {
    assert.equal((await api.call.auraApi.slotDuration()).toNumber(), 2000);
  });

  await step('Alice has sudo, and sits in the council with Bob and Charlie', async () => {
    assert.equal((await api.query.sudo.key()).unwrap().toString(), alice.address);
    const members = (await api.query.council.members()).map(String);
    assert.deepEqual(members.sort(), [alice, bob, charlie].map(({ address }) => address).sort());
  });
}

async function readMetadata({ api, alice }) {
  for (const version of [14, 15, 16]) {
    await step(`metadata of version ${version} can be read`, async () => {
      const opaque = await api.call.metadata.metadataAtVersion(version);
      assert(opaque.isSome, 'the runtime does not have it');
      const metadata = new Metadata(new TypeRegistry(), opaque.unwrap().toHex());
      assert.equal(metadata.version, version);
      assert(metadata.asLatest.pallets.length >= PALLETS.length);
    });
  }

  await step('every type in the metadata is known, and can be decoded', () => {
    const { registry } = api;
    const zeros = new Uint8Array(10_000);
    const broken = [...registry.lookup.types].flatMap(({ id }) => {
      try {
        registry.createType(registry.createLookupType(id), zeros);
        return [];
      } catch (error) {
        return [`type ${id}: ${error.message}`];
      }
    });
    assert(registry.lookup.types.length > 0);
    assert.deepEqual(broken, []);
  });

  await step('transactions can carry a hash of the metadata', () => {
    assert(api.registry.signedExtensions.includes('CheckMetadataHash'));
  });

  await step('view functions tell who validates, and until when', async () => {
    const final = await api.at(await api.rpc.chain.getFinalizedHead());
    const validators = await view(final, 'Validators', 'validators');
    assert(validators.some(([who]) => who.eq(alice.address)), validators.toString());
    const end = (await view(final, 'Validators', 'session_ends')).toNumber();
    const now = (await final.query.system.number()).toNumber();
    assert(now <= end && end <= now + 30, `in block ${now}, the session ends in ${end}`);
  });
}

async function transfer({ api, alice, stranger }) {
  await step('Alice has money', async () => {
    assert(await free(api, alice) > 1000n * TFT);
  });

  await step('a transfer is final, and moves the amount and the fee exactly', async () => {
    const receiver = stranger();
    const before = await free(api, alice);
    const transaction = api.tx.balances.transferKeepAlive(receiver.address, 5n * TFT);
    const estimate = (await transaction.paymentInfo(alice)).partialFee.toBigInt();
    const { fee } = await succeed(transaction, alice);
    assert.equal(await free(api, receiver), 5n * TFT);
    assert.equal(await free(api, alice), before - 5n * TFT - fee);
    assert(0n < fee && fee <= estimate, `the fee was ${fee}, and ${estimate} was announced`);
  });
}

async function batch({ api, alice, stranger }) {
  await step('a batch of two transfers moves both', async () => {
    const [first, second] = [stranger(), stranger()];
    const before = await free(api, alice);
    const { fee } = await succeed(api.tx.utility.batchAll([
      api.tx.balances.transferKeepAlive(first.address, 2n * TFT),
      api.tx.balances.transferKeepAlive(second.address, 3n * TFT),
    ]), alice);
    assert.equal(await free(api, first), 2n * TFT);
    assert.equal(await free(api, second), 3n * TFT);
    assert.equal(await free(api, alice), before - 5n * TFT - fee);
  });

  await step('a batch with a failing transfer costs its fee and changes nothing else', async () => {
    const [first, second] = [stranger(), stranger()];
    const before = await free(api, alice);
    const { failure, fee } = await send(api.tx.utility.batchAll([
      api.tx.balances.transferKeepAlive(first.address, 2n * TFT),
      api.tx.balances.transferKeepAlive(second.address, before),
    ]), alice);
    assert.match(failure, /FundsUnavailable/);
    assert.equal(await free(api, first), 0n);
    assert.equal(await free(api, second), 0n);
    assert.equal(await free(api, alice), before - fee);
  });
}

async function shareAccount({ api, keyring, alice, bob, charlie, stranger }) {
  await step('two of three signatories transfer from their multisig account', async () => {
    const signatories = [alice, bob, charlie].map(({ address }) => address);
    const account = { address: keyring.encodeAddress(createKeyMulti(signatories, 2)) };
    const receiver = stranger();
    const call = api.tx.balances.transferKeepAlive(receiver.address, 4n * TFT);
    const { weight } = await call.paymentInfo(account.address);
    const approve = (signer, timepoint) => {
      const others = signatories.filter((address) => address !== signer.address);
      const sorted = sortAddresses(others, api.registry.chainSS58);
      return succeed(api.tx.multisig.asMulti(2, sorted, timepoint, call, weight), signer);
    };

    const before = await free(api, account);
    await succeed(api.tx.balances.transferKeepAlive(account.address, 10n * TFT), alice);
    await approve(alice, null);
    assert.equal(await free(api, receiver), 0n, 'one signatory was enough');
    const pending = await api.query.multisig.multisigs(account.address, call.method.hash);
    const { find } = await approve(bob, pending.unwrap().when);

    assert(find('multisig', 'MultisigExecuted').result.isOk);
    assert.equal(await free(api, receiver), 4n * TFT);
    assert.equal(await free(api, account), before + 6n * TFT);
    assert.equal(await reserved(api, alice), 0n, 'the deposit is returned');
  });
}

async function lendAccount({ api, alice, bob, stranger }) {
  const asAlice = (call) => api.tx.proxy.proxy(alice.address, null, call);

  await step('Alice makes Bob her proxy for all but transfers', async () => {
    await succeed(api.tx.proxy.addProxy(bob.address, 'NonTransfer', 0), alice);
    const [[proxy]] = await api.query.proxy.proxies(alice.address);
    assert.equal(proxy.delegate.toString(), bob.address);
    assert(proxy.proxyType.isNonTransfer);
  });

  await step('Bob makes a remark in her name', async () => {
    const { find } = await succeed(asAlice(api.tx.system.remarkWithEvent('good morning')), bob);
    assert(find('proxy', 'ProxyExecuted').result.isOk);
    assert.equal(find('system', 'Remarked').sender.toString(), alice.address);
  });

  await step('Bob cannot transfer her money', async () => {
    const receiver = stranger();
    const call = api.tx.balances.transferKeepAlive(receiver.address, TFT);
    const { find } = await succeed(asAlice(call), bob);
    const { result } = find('proxy', 'ProxyExecuted');
    assert(result.isErr, 'the transfer was made');
    assert.equal(explain(api.registry, result.asErr), 'system.CallFiltered');
    assert.equal(await free(api, receiver), 0n);
  });

  await step('Alice dismisses Bob and has her deposit back', async () => {
    await succeed(api.tx.proxy.removeProxy(bob.address, 'NonTransfer', 0), alice);
    assert.equal(await reserved(api, alice), 0n);
  });
}

async function beRefused({ provider, api, alice, stranger }) {
  await step('a transaction with a used nonce is refused with a clear reason', () => {
    const again = api.tx.system.remark('again');
    return refused(provider, again, alice, { nonce: 0 }, /Transaction is outdated/);
  });

  await step('a transaction of an account without money is refused with a clear reason', () => {
    const gratis = api.tx.system.remark('gratis');
    return refused(provider, gratis, stranger(), {}, /Inability to pay some fees/);
  });

  await step('session.purgeKeys is not allowed', async () => {
    const { failure } = await send(api.tx.session.purgeKeys(), alice);
    assert.equal(failure, 'system.CallFiltered');
  });
}

async function reserved(api, { address }) {
  return (await api.query.system.account(address)).data.reserved.toBigInt();
}

/** Sends a transaction that the pool has to refuse. */
async function refused(provider, transaction, signer, options, message) {
  const signed = await transaction.signAsync(signer, options);
  await assert.rejects(provider.send('author_submitExtrinsic', [signed.toHex()]), { message });
}
