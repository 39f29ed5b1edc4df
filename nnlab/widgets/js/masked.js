// A scene without the numbers that a learner is to predict. They are taken out, not covered: nothing that draws,
// speaks or explains can give them away.

const HIDDEN = "hidden until it is predicted";

/** `scene` without what waits, and without the cells of the first grid that waits, as long as not all are `found`. */
export function masked(scene, found) {
  const [asked, ...others] = scene.waiting;
  const left = (cell) => !found.has(cell);
  if (![...scene.parts.find((part) => part.name === asked).values.keys()].some(left)) return scene;
  const waits = (name, cell) => name === asked && left(cell);
  const parts = scene.parts
    .filter((part) => !others.includes(part.name))
    .map((part) => {
      const marks = part.marks?.filter((mark) => mark.style !== "winner");
      if (part.name !== asked) return part.marks ? { ...part, marks } : part;
      return { ...part, marks, editable: false, values: emptied(part.values, left), waits: left };
    });
  const accounts = Object.fromEntries(Object.entries(scene.accounts).filter(([name]) => !others.includes(name)));
  const account = accounts[asked];
  if (account?.values) {
    const terms = account.values.shape[1];
    accounts[asked] = { ...account, values: emptied(account.values, (index) => left(Math.floor(index / terms))) };
  }
  const titles = scene.parts.filter((part) => scene.waiting.includes(part.name)).map((part) => part.title);
  const lines = scene.text.split("\n").filter((line) => !scene.notes.includes(line));
  const spoken = (line) => titles.find((title) => line.startsWith(`${title}: `));
  const text = lines.map((line) => (spoken(line) ? `${spoken(line)}: ${HIDDEN}.` : line)).join("\n");
  return { ...scene, parts, accounts, notes: [], text, waits };
}

/** A copy of an array with nothing in some places. */
const emptied = (values, where) =>
  Object.assign(Float64Array.from(values, (value, index) => (where(index) ? NaN : value)), { shape: values.shape });
