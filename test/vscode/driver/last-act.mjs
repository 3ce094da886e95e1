// Nothing that a test started may outlive it, however it ends.

/** @type {readonly NodeJS.Signals[]} */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs `act` when this process ends, by itself or by a signal, which then does what it would have done.
 * `act` must not wait for anything.
 *
 * @param {() => void} act
 */
export function lastAct(act) {
  process.once("exit", act);
  for (const signal of SIGNALS)
    process.once(signal, () => {
      act();
      process.kill(process.pid, signal);
    });
}
