import { setTimeout as pause } from 'node:timers/promises';

/** What a smoldot chain tells of its head, by the JSON-RPC calls named `chainHead_v1`. */
export class ChainHead {
  #chain;
  #subscription;
  #requests = [];
  #events = [];
  #arrived = () => {};

  constructor(chain) {
    this.#chain = chain;
    this.#listen();
  }

  /** Events of the chain, from the start and again whenever the client had to start over. */
  async *follow() {
    for (;;) {
      this.#subscription = await this.#call('follow', true);
      for await (const event of this.#eventsUntilStop()) yield event;
    }
  }

  /** The header of a block, in hexadecimal. */
  header(hash) {
    return this.#call('header', this.#subscription, hash);
  }

  /** A value in the state of a block. Asks again when no node could prove it. */
  async storage(hash, key) {
    for (;;) {
      const items = [{ key, type: 'value' }];
      const started = await this.#call('storage', this.#subscription, hash, items, null);
      if (started.result === 'started') {
        const value = await this.#outcome(started.operationId);
        if (value !== undefined) return value;
      }
      await pause(1000);
    }
  }

  async #outcome(operation) {
    let value = null;
    for (;;) {
      const event = await this.#next((it) => it.operationId === operation);
      if (event.event === 'operationStorageItems') value = event.items[0].value;
      if (event.event === 'operationStorageDone') return value;
      if (event.event === 'operationInaccessible') return undefined;
      if (event.event === 'operationError') throw new Error(event.error);
    }
  }

  async *#eventsUntilStop() {
    for (;;) {
      const event = await this.#next((it) => !it.operationId);
      if (event.event === 'stop') return;
      yield event;
    }
  }

  /** Takes the first event of a kind, of those that came or will come. */
  async #next(wanted) {
    for (;;) {
      const index = this.#events.findIndex(wanted);
      if (index >= 0) return this.#events.splice(index, 1)[0];
      await new Promise((resolve) => { this.#arrived = resolve; });
    }
  }

  #call(name, ...params) {
    const id = this.#requests.length;
    const method = `chainHead_v1_${name}`;
    return new Promise((resolve, reject) => {
      this.#requests.push({ method, resolve, reject });
      this.#chain.sendJsonRpc(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  }

  async #listen() {
    for await (const text of this.#chain.jsonRpcResponses) {
      const { id, result, error, params } = JSON.parse(text);
      if (params) {
        this.#events.push(params.result);
        this.#arrived();
      } else if (error) {
        const { method, reject } = this.#requests[id];
        reject(new Error(`${method}: ${error.message}`));
      } else {
        this.#requests[id].resolve(result);
      }
    }
  }
}
