/**
 * Parts of a long run, one after the other. What a part found is kept before anything is said of it, and a fault of one part, or of
 * printing it, leaves the others alone.
 * @param acts `measure(name)` resolves to what was found, `keep(name, found)` writes it down, `tell(found)` prints it
 * @returns a sentence for each fault, in the order in which they happened
 */
export async function partByPart(names, { measure, keep = () => undefined, tell = () => undefined, say }) {
  const faults = [];
  const attempt = async (what, act) => {
    try {
      return await act();
    } catch (error) {
      say(`${what}: ${error.stack}`);
      faults.push(`${what}: ${error.message.split('\n')[0]}`);
    }
  };
  for (const name of names) {
    const found = await attempt(name, () => measure(name));
    if (found === undefined) continue;
    await attempt(`${name} is not kept`, () => keep(name, found));
    await attempt(`${name} is not printed`, () => tell(found));
  }
  return faults;
}
