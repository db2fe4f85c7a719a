/** The user "nobody" of most systems. */
const NOBODY = 65_534;

/** Runs `work` without root's right to write everywhere: for tests of files that may not be written. */
export async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
