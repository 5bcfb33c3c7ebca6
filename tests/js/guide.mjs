// What our guides name in wallets is there: calls with their fields, storage, runtime calls, view functions.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { ApiPromise, WsProvider } from '@polkadot/api';
import { stringCamelCase } from '@polkadot/util';
import { run, step, within } from './lib.mjs';

const DOCS = new URL('../../docs/', import.meta.url);

run('guide.mjs WS_URL', async (url) => {
  const provider = new WsProvider(url);
  const api = await step('the wallet connects', () =>
    within(30, 'connecting', ApiPromise.create({ provider, noInitWarn: true })));
  const chain = describe(api);
  for (const guide of ['polkadot-js.md', 'deploying.md', 'farmers.md']) {
    const text = await readFile(new URL(guide, DOCS), 'utf8');
    await step(`all that ${guide} names is on the chain`, () => names(chain, text));
  }
  const text = await readFile(new URL('polkadot-js.md', DOCS), 'utf8');
  await step('all fields that polkadot-js.md tells of are those of the calls', () =>
    tables(chain, text));
  await step('all other words of polkadot-js.md are fields or choices', () => words(chain, text));
});

/** What has arguments by name, and all names of fields and choices. */
function describe(api) {
  const inputs = new Map();
  const say = (pallet, name, args) =>
    inputs.set(`${stringCamelCase(pallet)}.${stringCamelCase(name)}`, args.map(stringCamelCase));
  for (const [pallet, calls] of Object.entries(api.tx)) {
    for (const [name, { meta }] of Object.entries(calls)) {
      if (meta?.args) say(pallet, name, meta.args.map((it) => it.name.toString()));
    }
  }
  for (const [pallet, entries] of Object.entries(api.query)) {
    for (const name of Object.keys(entries)) inputs.set(`${pallet}.${name}`, undefined);
  }
  for (const [name, calls] of Object.entries(api.call)) {
    for (const [call, { meta }] of Object.entries(calls)) {
      say(name, call, meta.params.map((it) => it.name));
    }
  }
  for (const { name, viewFunctions } of api.registry.metadata.pallets) {
    for (const view of viewFunctions) {
      const args = view.inputs.map((it) => it.name.toString());
      say(name.toString(), view.name.toString(), args);
    }
  }
  const known = new Set();
  for (const { type } of api.registry.lookup.types) {
    const { def } = type;
    const fields = def.isComposite ? def.asComposite.fields : [];
    const variants = def.isVariant ? def.asVariant.variants : [];
    for (const field of [...fields, ...variants.flatMap((it) => [...it.fields])]) {
      if (field.name.isSome) known.add(stringCamelCase(field.name.unwrap().toString()));
    }
    for (const { name } of variants) known.add(name.toString());
  }
  for (const [name, args] of inputs) {
    for (const it of [...name.split('.'), ...(args ?? [])]) known.add(it);
  }
  return { inputs, known, pallets: new Set([...inputs.keys()].map((it) => it.split('.')[0])) };
}

/** What stands between single backticks. */
function quoted(text) {
  const prose = text.replaceAll(/```[^]*?```/g, '');
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, it]) => it);
}

function names({ inputs, pallets }, text) {
  const wrong = [];
  let seen = 0;
  for (const it of quoted(text)) {
    const [, pallet, name, args] = /^(\w+)\.(\w+)(?:\((.*)\))?$/.exec(it) ?? [];
    if (!pallets.has(pallet)) continue;
    const called = `${pallet}.${stringCamelCase(name)}`;
    seen += 1;
    const wanted = inputs.get(called);
    if (!inputs.has(called)) wrong.push(`there is no ${it}`);
    if (!args || !wanted) continue;
    const said = args.split(',').map((arg) => arg.trim());
    // Others are values: `Maintenance`, `Contract(7)`, `0`.
    const differs = (arg, index) => /^[a-z]\w*$/.test(arg) && arg !== wanted[index];
    if (said.length !== wanted.length || said.some(differs)) {
      wrong.push(`${it} takes ${wanted.join(', ')}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert(seen > 5, `only ${seen} names were found`);
}

/** Each table of fields comes after the call that it is about. */
function tables({ inputs }, text) {
  let seen = 0;
  for (const [, call, rows] of text.matchAll(/`(\w+\.\w+)`:\n\n\| field[^\n]*\n\|[^\n]*\n((?:\|.*\n)+)/g)) {
    const fields = [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, it]) => it);
    assert.deepEqual(fields, inputs.get(call), call);
    seen += 1;
  }
  assert(seen >= 2, `only ${seen} tables were found`);
}

function words({ known }, text) {
  const plain = (it) => /^[A-Za-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)?$/.test(it) && it !== 'grid';
  const unknown = quoted(text).filter((it) => plain(it) && !it.split('.').every((word) => known.has(word)));
  assert.deepEqual(unknown, []);
}
