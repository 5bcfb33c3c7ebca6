// The five steps of a contract, with a library that knows nothing of the grid but its metadata.
// The script plays the agent of a node, too: it does what an agent does, but runs nothing.

import assert from 'node:assert/strict';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { createKeyMulti, sortAddresses } from '@polkadot/util-crypto';
import { run, step, within } from './lib.mjs';
import { explain, free, send, succeed, view } from './transactions.mjs';

const GIB = 1n << 30n;
const FARM = 1;
const MACHINE = {
  capacity: { cru: 8000, mru: 32n * GIB, sru: 500n * GIB, hru: 0 },
  location: { country: '0x4245', city: 'Ghent', latitude: 51054340, longitude: 3717424 },
  encryptionKey: `0x${'09'.repeat(32)}`,
};

run('contract.mjs WS_URL', async (url) => {
  const provider = new WsProvider(url);
  const api = await step('the wallet connects', () =>
    within(30, 'connecting', ApiPromise.create({ provider, noInitWarn: true })));
  const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 });
  const key = (name) => keyring.addFromUri(name);
  const grid = {
    api,
    keyring,
    user: key('//Bob'),
    legal: key('//Charlie'),
    board: [key('//Dave'), key('//Eve')],
    keeper: key('//Ferdie'),
    agent: key('//Ferdie//stash'),
  };

  const node = await join(grid);
  const policy = await describe(grid);
  const contract = await register(grid, node, policy);
  await agree(grid, contract);
  await provision(grid, node, contract);
  await change(grid, node, contract);
  await end(grid, node, contract, policy);
});

async function join({ api, agent }) {
  return step('a node joins the demo farm', async () => {
    const boot = `0x${'01'.repeat(16)}`;
    const { find } = await succeed(api.tx.nodes.register(FARM, MACHINE, boot), agent);
    return find('nodes', 'Registered').node.toNumber();
  });
}

/** What runs on the node: a container with so many cores, a volume, a database and a network. */
function spec(cores) {
  const workloads = [
    {
      name: 'lan',
      kind: {
        Network: {
          range: { ip: [10, 1, 0, 0], prefix: 16 },
          subnet: { ip: [10, 1, 2, 0], prefix: 24 },
          egress: 'Full',
          publicV4: true,
          forwards: [{ protocol: 'Tcp', port: 443, to: 'web', toPort: 8443 }],
        },
      },
    },
    { name: 'data', kind: { Volume: { size: 10n * GIB, disk: 'Ssd' } } },
    {
      name: 'db',
      kind: {
        Zdb: {
          size: 20n * GIB,
          disk: 'Ssd',
          mode: 'User',
          password: `0x${'05'.repeat(64)}`,
          networks: [{ network: 'lan', ip: [10, 1, 2, 3] }],
        },
      },
    },
    {
      name: 'web',
      kind: {
        Container: {
          image: { reference: 'registry.example/shop/web', digest: `0x${'07'.repeat(32)}` },
          cpu: cores * 1000,
          memory: 2n * GIB,
          root: GIB,
          env: [{ name: 'SHOP', value: 'Bob & sons' }],
          mounts: [{ volume: 'data', path: '/var/lib/shop' }],
          networks: [{ network: 'lan', ip: [10, 1, 2, 2] }],
          restart: 'Always',
          log: { Node: 1 << 20 },
        },
      },
    },
  ];
  return { V1: workloads };
}

async function describe({ api, keyring, user, legal, board, keeper }) {
  await step('a user makes a twin', () =>
    succeed(api.tx.twins.create(null, `0x${'07'.repeat(32)}`), user));

  const auditor = await step('the auditor is an account that only its proxies command', async () => {
    const { find } = await succeed(api.tx.proxy.createPure('Any', 0, 0), keeper);
    return find('proxy', 'PureCreated').pure.toString();
  });
  await step('the keeper endows it', () =>
    succeed(api.tx.balances.transferKeepAlive(auditor, 10_000_000n), keeper));
  keeper.auditor = auditor;
  board.address = keyring.encodeAddress(createKeyMulti(board.map(({ address }) => address), 2));

  const role = (title, members, veto = false) => ({ title, members, threshold: 1, veto });
  const terms = {
    title: 'The shop',
    roles: [
      role('legal', [legal.address], true),
      role('board', [board.address]),
      role('audit', [auditor]),
    ],
    ttl: 1000,
    guards: { create: true, amend: true, cancel: true },
    acceptance: true,
    severalRoles: false,
    open: false,
  };
  return step('a policy: legal with a veto, a multisig board, an auditor behind a proxy', async () => {
    const { find } = await succeed(api.tx.approvals.createPolicy(terms), user);
    return find('approvals', 'PolicyCreated').policy.toNumber();
  });
}

async function register({ api, user, legal }, node, policy) {
  const final = await api.at(await api.rpc.chain.getFinalizedHead());
  const create = (plan, label = 'shop') =>
    api.tx.deployments.create(label, plan, policy, null);

  await step('the chain says what is wrong with a plan, and on which node', async () => {
    const bad = spec(1);
    bad.V1[3].kind.Container.mounts[0].volume = 'dada';
    const result = await view(final, 'Deployments', 'check', [[node, bad]]);
    const [where, fault] = result.asErr;
    assert.equal(where.unwrap().toNumber(), node);
    assert.deepEqual([fault.workload.unwrap().toNumber(), fault.reason.toString()], [3, 'BadReference']);
    const { failure } = await send(create([[node, bad]]), user);
    assert.equal(failure, 'deployments.BadReference');
  });

  await step('what cannot be had is refused by name', async () => {
    const fails = async (plan, signer = user) => (await send(create(plan), signer)).failure;
    assert.equal(await fails([[node, spec(9)]]), 'deployments.NodeFull');
    assert.equal(await fails([[node + 1, spec(1)]]), 'deployments.NoNode');
    assert.equal(await fails([[node, spec(1)]], legal), 'deployments.NoTwin');
  });

  return step('the contract is registered, and waits for its stakeholders', async () => {
    const { find } = await succeed(create([[node, spec(2)]]), user);
    const { contract, request } = find('deployments', 'Created');
    assert(request.isSome);
    const found = (await api.query.deployments.contracts(contract)).unwrap();
    assert(found.state.isAwaitingApproval);
    const { reserved, generation } = (await api.query.nodes.nodes(node)).unwrap();
    assert.equal(generation.toNumber(), 0);
    assert.equal(reserved.cru.toNumber(), 2000);
    return contract.toNumber();
  });
}

/** The question about a contract that is open, with the hash that binds an answer to it. */
async function question(api, contract) {
  const found = (await api.query.deployments.contracts(contract)).unwrap();
  const [action, request] = found.question.unwrap();
  const final = await api.at(await api.rpc.chain.getHeader().then(({ hash }) => hash));
  const status = await view(final, 'Approvals', 'request', request);
  return { action: action.toString(), request, digest: status.unwrap().digest.toHex() };
}

async function approveAs(grid, who, { request, digest }) {
  const { api, board, keeper } = grid;
  const call = api.tx.approvals.approve(request, digest);
  if (who === board) {
    const { weight } = await call.paymentInfo(board.address);
    const approve = (signer, timepoint) => {
      const others = board.map(({ address }) => address).filter((it) => it !== signer.address);
      const sorted = sortAddresses(others, api.registry.chainSS58);
      return succeed(api.tx.multisig.asMulti(2, sorted, timepoint, call, weight), signer);
    };
    await approve(board[0], null);
    const pending = await api.query.multisig.multisigs(board.address, call.method.hash);
    const { find } = await approve(board[1], pending.unwrap().when);
    return find('multisig', 'MultisigExecuted').result;
  }
  if (who === keeper) {
    const proxied = api.tx.proxy.proxy(keeper.auditor, null, call);
    return (await succeed(proxied, keeper)).find('proxy', 'ProxyExecuted').result;
  }
  return succeed(call, who);
}

async function allApprove(grid, asked) {
  for (const who of [grid.legal, grid.board, grid.keeper]) await approveAs(grid, who, asked);
}

async function agree(grid, contract) {
  const { api, user, legal, board, keeper } = grid;
  const asked = await question(api, contract);

  await step('nobody else can approve, nor can anybody approve of something else', async () => {
    const fails = async (call, signer) => (await send(call, signer)).failure;
    const { approve } = api.tx.approvals;
    assert.equal(await fails(approve(asked.request, asked.digest), user), 'approvals.NotAMember');
    const other = `0x${'00'.repeat(32)}`;
    assert.equal(await fails(approve(asked.request, other), legal), 'approvals.OtherDigest');
  });

  await step('legal approves, and the board by two of two', async () => {
    await approveAs(grid, legal, asked);
    const result = await approveAs(grid, board, asked);
    assert(result.isOk, result.toString());
    assert((await api.query.deployments.contracts(contract)).unwrap().state.isAwaitingApproval);
  });

  await step('the auditor approves through a proxy, and the contract is live', async () => {
    const result = await approveAs(grid, keeper, asked);
    assert(result.isOk, result.toString());
    const found = (await api.query.deployments.contracts(contract)).unwrap();
    assert(found.state.isLive);
    assert.equal(found.approved.unwrap().toHex(), asked.digest);
  });
}

const report = (api, contract, revision, outcome) =>
  api.tx.deployments.report(contract, revision, outcome);

async function provision({ api, user, agent }, node, contract) {
  await step('the node sees that something has changed, and what it is to run', async () => {
    const final = await api.at(await api.rpc.chain.getFinalizedHead());
    const { generation } = (await final.query.nodes.nodes(node)).unwrap();
    assert.equal(generation.toNumber(), 1);
    const { contracts } = await view(final, 'Deployments', 'desired', node, null, 10);
    assert.equal(contracts.length, 1);
    assert(contracts[0].run.isTrue);
    assert.equal(contracts[0].addresses.length, 1);
    assert.equal(contracts[0].spec.unwrap().asV1.length, 4);
  });

  const running = { Running: { keys: [{ network: 'lan', publicKey: `0x${'0a'.repeat(32)}` }] } };
  await step('a report of somebody else, or of another revision, is refused in the pool', async () => {
    for (const [who, revision] of [[user, 1], [agent, 2]]) {
      const wrong = report(api, contract, revision, running).signAndSend(who);
      await assert.rejects(wrong, /Invalid Transaction/);
    }
  });

  await step('the node reports that it runs, without a fee', async () => {
    const before = await free(api, agent);
    const { fee, find } = await succeed(report(api, contract, 1, running), agent);
    assert(find('deployments', 'Running'));
    assert.equal(fee, 0n);
    assert.equal(await free(api, agent), before);
    await assert.rejects(report(api, contract, 1, running).signAndSend(agent), /outdated/);
  });
}

async function change(grid, node, contract) {
  const { api, user, legal, agent } = grid;
  const amend = (cores) => api.tx.deployments.amend(contract, 1, [{ node, spec: spec(cores) }], null);
  const placement = async () => (await api.query.deployments.placements(node, contract)).unwrap();
  const reserved = async () =>
    (await api.query.nodes.nodes(node)).unwrap().reserved.cru.toNumber();

  await step('stakeholders accept what was delivered', async () => {
    await succeed(api.tx.deployments.deliver(contract), user);
    await allApprove(grid, await question(api, contract));
    const { accepted } = (await api.query.deployments.contracts(contract)).unwrap();
    assert.equal(accepted.unwrap().toNumber(), 1);
  });

  await step('an objection of legal leaves all as it was', async () => {
    await succeed(amend(4), user);
    assert.equal(await reserved(), 4000);
    const { failure } = await send(amend(5), user);
    assert.equal(failure, 'deployments.QuestionOpen');
    const { request } = await question(api, contract);
    await succeed(api.tx.approvals.object(request, 'too large for us'), legal);
    assert.equal(await reserved(), 2000);
    assert((await placement()).status.isRunning);
  });

  await step('with everybody\'s consent another revision runs', async () => {
    await succeed(amend(3), user);
    await allApprove(grid, await question(api, contract));
    assert((await placement()).status.isPending);
    assert.equal((await placement()).running.unwrap().toNumber(), 1);
    const running = { Running: { keys: [] } };
    await succeed(report(api, contract, 2, running), agent);
    assert.equal((await placement()).running.unwrap().toNumber(), 2);
  });
}

async function end(grid, node, contract, policy) {
  const { api, user, legal, keeper } = grid;

  await step('proxies can deploy, or approve, and nothing else', async () => {
    const inUsersName = async (call) => {
      const { find } = await succeed(api.tx.proxy.proxy(user.address, null, call), keeper);
      const { result } = find('proxy', 'ProxyExecuted');
      return result.isOk ? 'ok' : explain(api.registry, result.asErr);
    };
    const cancel = api.tx.deployments.cancel(contract);
    const transfer = api.tx.balances.transferKeepAlive(legal.address, 1n);
    await succeed(api.tx.proxy.addProxy(keeper.address, 'Approving', 0), user);
    assert.equal(await inUsersName(cancel), 'system.CallFiltered');
    await succeed(api.tx.proxy.removeProxy(keeper.address, 'Approving', 0), user);
    await succeed(api.tx.proxy.addProxy(keeper.address, 'Deploying', 0), user);
    assert.equal(await inUsersName(transfer), 'system.CallFiltered');
    assert.equal(await inUsersName(cancel), 'ok');
    await succeed(api.tx.proxy.removeProxy(keeper.address, 'Deploying', 0), user);
  });

  await step('the contract ends when all agree, and everything is given back', async () => {
    await allApprove(grid, await question(api, contract));
    assert((await api.query.deployments.contracts(contract)).isNone);
    assert.equal((await api.query.deployments.placements.entries(node)).length, 0);
    const { reserved, reservations } = (await api.query.nodes.nodes(node)).unwrap();
    assert.deepEqual([reserved.cru.toNumber(), reservations.toNumber()], [0, 0]);
    await succeed(api.tx.approvals.retirePolicy(policy), user);
    assert((await api.query.approvals.policies(policy)).isNone);
    await succeed(api.tx.twins.delete(), user);
    assert.equal((await api.query.system.account(user.address)).data.reserved.toBigInt(), 0n);
  });
}
