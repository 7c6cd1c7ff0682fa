// Questions to Python. A worker that answers too late, or fails inside, is ended and another one is started.

export class TookTooLong extends Error {}
export class Fault extends Error {}

export class Engine {
  #worker = null;
  #waiting = new Map();
  #next = 0;
  #ready = null;
  #hasFailed = false;

  // `patience`: how long a started worker may take for one answer, in milliseconds
  constructor(patience) {
    this.patience = patience;
    this.#start();
  }

  // settled when the first worker can answer
  get ready() {
    return this.#ready.promise;
  }

  // The answer to a question of `bridge.QUESTIONS`. Rejects with TookTooLong or Fault.
  async ask(question, ...given) {
    if (this.#hasFailed) this.#start();
    await this.#ready.promise;
    const id = ++this.#next;
    const { promise, resolve, reject } = Promise.withResolvers();
    this.#waiting.set(id, { resolve, reject, timer: 0 });
    this.#worker.postMessage({ id, question, given });
    this.#watch();
    return promise;
  }

  // Questions are answered in their order: the time of the first one runs.
  #watch() {
    const [first] = this.#waiting.values();
    if (first && !first.timer) {
      first.timer = setTimeout(() => this.#restart(new TookTooLong()), this.patience);
    }
  }

  #start() {
    this.#hasFailed = false;
    this.#ready = Promise.withResolvers();
    this.#ready.promise.catch(() => {}); // each question is told of it
    const url = new URL("worker.js", import.meta.url).href;
    // a worker from a blob is under the policy of the page; one from an address would be under none
    const script = new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" });
    const worker = new Worker(URL.createObjectURL(script), { type: "module" });
    this.#worker = worker;
    worker.onmessage = ({ data }) => {
      if (worker === this.#worker) this.#hear(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (worker === this.#worker) this.#fail(event.message || "the worker did not start");
    };
  }

  #hear({ isReady, failed, id, answer, fault }) {
    if (isReady) return this.#ready.resolve();
    if (failed) return this.#fail(failed);
    if (fault) return this.#restart(new Fault(fault));
    const { resolve, timer } = this.#waiting.get(id);
    clearTimeout(timer);
    this.#waiting.delete(id);
    resolve(answer);
    this.#watch();
  }

  // it cannot be started, as without a network: the next question tries again
  #fail(why) {
    this.#hasFailed = true;
    this.#ready.reject(new Fault(why));
  }

  #restart(error) {
    this.#worker.terminate();
    const asked = [...this.#waiting.values()];
    this.#waiting.clear();
    this.#start();
    for (const { reject, timer } of asked) {
      clearTimeout(timer);
      reject(error);
    }
  }
}
