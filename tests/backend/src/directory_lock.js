import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Refuses a second process on one embedded database, which would corrupt it. A lock left behind by a killed process
 * is taken over. Returns the function that unlocks.
 */
export async function lockDirectory(directory) {
  const path = join(directory, 'owner.pid');
  const owner = Number(await readFile(path, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== process.pid && isAlive(owner)) {
    throw new Error(`--data-dir ${directory} is in use by process ${owner}`);
  }
  await rm(path, { force: true });
  await writeFile(path, String(process.pid), { flag: 'wx' });
  return () => rm(path, { force: true });
}
