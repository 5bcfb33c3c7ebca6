// A farm and its first machine, with a library that knows nothing of the grid but its metadata.
// Heartbeats are due after seconds on this chain.

import assert from 'node:assert/strict';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { mnemonicGenerate } from '@polkadot/util-crypto';
import { run, step, within } from './lib.mjs';
import { explain, free, send, succeed } from './transactions.mjs';

const GIB = 1n << 30n;
const BOOT = `0x${'01'.repeat(16)}`;
const MACHINE = {
  capacity: { cru: 4000, mru: 16n * GIB, sru: 500n * GIB, hru: 0 },
  location: { country: '0x4245', city: 'Ghent', latitude: 51054340, longitude: 3717424 },
  encryptionKey: `0x${'09'.repeat(32)}`,
};

run('registry.mjs WS_URL', async (url) => {
  const provider = new WsProvider(url);
  const api = await step('the wallet connects', () =>
    within(30, 'connecting', ApiPromise.create({ provider, noInitWarn: true })));
  const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 });
  const [bob, charlie] = ['Bob', 'Charlie'].map((name) => keyring.addFromUri(`//${name}`));
  const agent = keyring.addFromUri(mnemonicGenerate());
  const grid = { api, bob, charlie, agent };

  const farm = await startFarm(grid);
  const node = await join(grid, farm);
  await delegate(grid, farm, node);
  await leave(grid, farm, node);
});

async function startFarm({ api, bob, charlie }) {
  await step('Bob makes a twin', async () => {
    const { find } = await succeed(api.tx.twins.create(null, `0x${'07'.repeat(32)}`), bob);
    assert.equal(find('twins', 'Created').account.toString(), bob.address);
  });

  const farm = await step('Bob creates a farm', async () => {
    const { find } = await succeed(api.tx.farms.create('bobs-farm', null), bob);
    return find('farms', 'Created').farm.toNumber();
  });

  await step('Bob adds public addresses of both versions', async () => {
    const v4 = [2, 3].map((last) => ({ ip: { V4: [198, 51, 100, last] }, prefix: 24 }));
    await succeed(api.tx.farms.addPublicIps(farm, v4, { V4: [198, 51, 100, 1] }), bob);
    const ip = (last) => ({ V6: `0x20010db8${'0'.repeat(22)}${last}` });
    await succeed(api.tx.farms.addPublicIps(farm, [{ ip: ip('02'), prefix: 64 }], ip('01')), bob);
    const { ips, freeV4, freeV6 } = (await api.query.farms.farms(farm)).unwrap();
    assert.deepEqual([ips, freeV4, freeV6].map(Number), [3, 2, 1]);
  });

  await step('nobody else can take the name, the addresses or the farm', async () => {
    const fails = async (call, signer) => (await send(call, signer)).failure;
    await succeed(api.tx.twins.create(null, `0x${'06'.repeat(32)}`), charlie);
    assert.equal(await fails(api.tx.farms.create('BOBS-farm', null), charlie), 'farms.NameTaken');
    assert.equal(await fails(api.tx.farms.delete(farm), charlie), 'farms.NotFarmer');
    assert.equal(await fails(api.tx.twins.delete(), bob), 'twins.TwinInUse');
  });
  return farm;
}

async function join({ api, bob, agent }, farm) {
  const register = () => api.tx.nodes.register(farm, MACHINE, BOOT);

  await step('a machine that nobody invited is refused in the pool', () =>
    assert.rejects(register().signAndSend(agent), /Invalid Transaction/));

  const node = await step('Bob invites it, and it joins without money', async () => {
    await succeed(api.tx.nodes.invite(farm, agent.address), bob);
    const { find, fee } = await succeed(register(), agent);
    assert.equal(fee, 0n);
    assert.equal(await free(api, agent), 0n);
    return find('nodes', 'Registered').node.toNumber();
  });

  await step('heartbeats are free when due and refused when not', async () => {
    const heartbeat = (uptime) => api.tx.nodes.heartbeat(BOOT, uptime);
    await assert.rejects(
      heartbeat(1).signAndSend(agent).then(() => heartbeat(2).signAndSend(agent)),
      /valid in the future|Priority is too low/,
    );
    for (const uptime of [10, 20]) {
      await new Promise((resolve) => { setTimeout(resolve, 7000); });
      const { fee } = await succeed(heartbeat(uptime), agent);
      assert.equal(fee, 0n);
    }
    const clock = (await api.query.nodes.clocks(node)).unwrap();
    assert(clock.availableSeconds.toNumber() > 0);
  });

  await step('it is found online, in its country, with what it offers', async () => {
    const filter = {
      free: { cru: 4000, mru: 15n * GIB, sru: 480n * GIB, hru: 0 },
      country: '0x4245', online: true, publicV4: 2, state: 'Open', tenancy: 'Shared',
    };
    const { nodes, next } = await api.call.nodesApi.findNodes(filter, null, 50);
    assert(next.isNone);
    assert.deepEqual(nodes.map((it) => it.node.toNumber()), [node]);
    const none = await api.call.nodesApi.findNodes({ ...filter, publicV4: 3 }, null, 50);
    assert.equal(none.nodes.length, 0);
  });
  return node;
}

async function delegate({ api, bob, charlie }, farm, node) {
  const inBobsName = async (call) => {
    const { find } = await succeed(api.tx.proxy.proxy(bob.address, null, call), charlie);
    const { result } = find('proxy', 'ProxyExecuted');
    return result.isOk ? 'ok' : explain(api.registry, result.asErr);
  };
  const { farms, nodes, balances } = api.tx;
  const calls = {
    state: () => nodes.setState(node, 'Maintenance'),
    open: () => nodes.setState(node, 'Open'),
    rename: () => farms.update(farm, 'our-farm'),
    invite: () => nodes.invite(farm, charlie.address),
    payout: () => farms.setPayout(farm, charlie.address),
    handOver: () => farms.transfer(farm, charlie.address),
    steal: () => balances.transferKeepAlive(charlie.address, 1n),
  };
  const filtered = 'system.CallFiltered';

  await step('a proxy for farming looks after the farm, and cannot take it or its money', async () => {
    await succeed(api.tx.proxy.addProxy(charlie.address, 'Farming', 0), bob);
    for (const name of ['rename', 'invite', 'state']) {
      assert.equal(await inBobsName(calls[name]()), 'ok', name);
    }
    for (const name of ['payout', 'handOver', 'steal']) {
      assert.equal(await inBobsName(calls[name]()), filtered, name);
    }
    await succeed(api.tx.proxy.removeProxy(charlie.address, 'Farming', 0), bob);
  });

  await step('a proxy for nodes looks after nodes only', async () => {
    await succeed(api.tx.proxy.addProxy(charlie.address, 'NodeOperation', 0), bob);
    assert.equal(await inBobsName(calls.open()), 'ok');
    for (const name of ['rename', 'invite', 'payout', 'handOver', 'steal']) {
      assert.equal(await inBobsName(calls[name]()), filtered, name);
    }
    await succeed(api.tx.proxy.removeProxy(charlie.address, 'NodeOperation', 0), bob);
  });
}

async function leave({ api, bob, charlie }, farm, node) {
  await step('Bob gives all up, and his deposits come back', async () => {
    await succeed(api.tx.nodes.withdrawInvitation(farm, charlie.address), bob);
    await succeed(api.tx.nodes.remove(node), bob);
    for (const [{ args: [ip] }] of await api.query.farms.publicIps.entries()) {
      const { farm: of } = (await api.query.farms.publicIps(ip)).unwrap();
      if (of.toNumber() === farm) await succeed(api.tx.farms.removePublicIp(farm, ip), bob);
    }
    await succeed(api.tx.farms.delete(farm), bob);
    await succeed(api.tx.twins.delete(), bob);
    assert.equal((await api.query.system.account(bob.address)).data.reserved.toBigInt(), 0n);
  });
}
