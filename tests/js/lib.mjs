import process from 'node:process';

/** The smallest parts of one token. */
export const TFT = 10_000_000n;

let current = 'the story begins';

/** Does one thing, and says that it works; if it does not, the story ends with this sentence. */
export async function step(sentence, action) {
  current = sentence;
  const result = await action();
  console.log(`ok - ${sentence}`);
  return result;
}

/** Runs a story with the one argument that it needs, and ends the process. */
export async function run(usage, story) {
  const [argument] = process.argv.slice(2);
  if (!argument) {
    console.error(`usage: node ${usage}`);
    process.exit(1);
  }
  try {
    await story(argument);
    process.exit(0);
  } catch (error) {
    console.error(`not ok - ${current}`);
    console.error(error);
    process.exit(1);
  }
}

/** Fails a promise that takes too long. */
export async function within(seconds, what, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    const late = () => reject(new Error(`${what} took more than ${seconds} s`));
    timer = setTimeout(late, seconds * 1000);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
