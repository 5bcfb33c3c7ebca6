// A light client that is given the chain's specification and nothing else: it finds a node by
// its address there, checks what the node tells, and follows what is final.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Keyring } from '@polkadot/api';
import { TypeRegistry } from '@polkadot/types';
import { u8aConcat, u8aToHex } from '@polkadot/util';
import { blake2AsU8a, cryptoWaitReady, xxhashAsU8a } from '@polkadot/util-crypto';
import { start } from 'smoldot';
import { ChainHead } from './chain_head.mjs';
import { TFT, run, step, within } from './lib.mjs';

const FINAL_BLOCKS = 5;

run('light_client.mjs CHAIN_SPEC_JSON_FILE', async (file) => {
  const log = [];
  const logCallback = (_, target, message) => log.push(`${target}: ${message}`);
  try {
    await within(90, 'the light client', story(file, start({ logCallback })));
  } catch (error) {
    console.error(log.join('\n'));
    throw error;
  }
});

async function story(file, client) {
  const chain = await step('the light client understands the chain specification', async () => {
    const chainSpec = await readFile(file, 'utf8');
    assert(JSON.parse(chainSpec).bootNodes.length > 0, 'it has no boot nodes');
    return client.addChain({ chainSpec });
  });
  const head = new ChainHead(chain);

  const sees = `it sees ${FINAL_BLOCKS} blocks become final, each the child of the one before`;
  const last = await step(sees, async () => {
    const final = await finalBlocks(head);
    const first = await number(head, final.at(0));
    assert.equal(await number(head, final.at(-1)), first + FINAL_BLOCKS);
    return final.at(-1);
  });

  await step('it reads the balance of Alice in the last of them, with a proof', async () => {
    await cryptoWaitReady();
    const alice = new Keyring({ type: 'sr25519' }).addFromUri('//Alice');
    const account = await head.storage(last, accountKey(alice.publicKey));
    assert(free(account) > TFT, `the account is ${account}`);
  });
}

/** A block that is final already, and those that become so after it. */
async function finalBlocks(head) {
  const parents = new Map();
  let final = [];
  for await (const event of head.follow()) {
    if (event.event === 'initialized') final = event.finalizedBlockHashes.slice(-1);
    if (event.event === 'newBlock') parents.set(event.blockHash, event.parentBlockHash);
    if (event.event === 'finalized') {
      for (const hash of event.finalizedBlockHashes) {
        assert.equal(parents.get(hash), final.at(-1), `the parent of ${hash}`);
        final.push(hash);
      }
    }
    if (final.length > FINAL_BLOCKS) return final.slice(0, FINAL_BLOCKS + 1);
  }
}

async function number(head, hash) {
  const header = new TypeRegistry().createType('Header', await head.header(hash));
  return header.number.toNumber();
}

/** Where the state has an account. */
function accountKey(publicKey) {
  return u8aToHex(u8aConcat(
    xxhashAsU8a('System', 128),
    xxhashAsU8a('Account', 128),
    blake2AsU8a(publicKey, 128),
    publicKey,
  ));
}

/** The free balance in an account, which is after four counters. */
function free(account) {
  const bytes = Buffer.from(account.slice(2), 'hex');
  return bytes.readBigUInt64LE(16) + (bytes.readBigUInt64LE(24) << 64n);
}
