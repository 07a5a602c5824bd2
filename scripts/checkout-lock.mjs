// A lock between processes that work on one checkout: a folder that holds one file named after its owner's process id.
//
// The file is what makes taking over from a dead owner safe: a folder with somebody's file in it cannot be removed, so
// that no waiter removes a lock which another waiter has just taken. Whoever finds a second owner's file beside its own
// steps back and tries again.
import { mkdirSync, readdirSync, rmdirSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const retryEveryMs = 200;
/** Between creating the folder and the file an owner needs microseconds; an older empty folder was left behind. */
const emptyForMs = 2_000;

/**
 * @param {string} folder
 * @param {{ onWait(owner: number): void }} options called once for each owner that has to be waited for
 * @returns {Promise<{ release(): void }>}
 */
export async function acquireLock(folder, { onWait }) {
  let waitingFor;
  while (!tryLock(folder)) {
    const owner = livingOwner(folder);
    if (owner !== undefined && owner !== waitingFor) {
      waitingFor = owner;
      onWait(owner);
    }
    await delay(retryEveryMs * (0.5 + Math.random()));
  }
  const release = () => {
    process.removeListener("exit", release);
    removeOwner(folder, process.pid);
  };
  process.once("exit", release);
  return { release };
}

function tryLock(folder) {
  if (!attempt(() => mkdirSync(folder), "EEXIST")) return false;
  if (!attempt(() => writeFileSync(ownerFile(folder, process.pid), ""), "ENOENT")) return false;
  if (ownersOf(folder).length === 1) return true;
  removeOwner(folder, process.pid);
  return false;
}

/** The owner to wait for. What dead owners left behind is removed. */
function livingOwner(folder) {
  const owners = ownersOf(folder);
  for (const owner of owners) {
    if (isRunning(owner)) return owner;
    removeOwner(folder, owner);
  }
  if (owners.length === 0 && ageMs(folder) > emptyForMs) attempt(() => rmdirSync(folder), "ENOENT", "ENOTEMPTY");
  return undefined;
}

function removeOwner(folder, owner) {
  attempt(() => unlinkSync(ownerFile(folder, owner)), "ENOENT");
  attempt(() => rmdirSync(folder), "ENOENT", "ENOTEMPTY");
}

function ownersOf(folder) {
  let names = [];
  attempt(() => {
    names = readdirSync(folder);
  }, "ENOENT");
  return names.map(Number);
}

function ownerFile(folder, owner) {
  return path.join(folder, String(owner));
}

function ageMs(folder) {
  let age = 0;
  attempt(() => {
    age = Date.now() - statSync(folder).mtimeMs;
  }, "ENOENT");
  return age;
}

function isRunning(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Whether the action went through; false when it failed in one of the ways that a race explains. */
function attempt(action, ...expectedCodes) {
  try {
    action();
    return true;
  } catch (error) {
    if (expectedCodes.includes(error.code)) return false;
    throw error;
  }
}
